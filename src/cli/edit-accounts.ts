// Runs "normflix create-admin" and "normflix reset-password".
import { stdin, stdout } from 'node:process'
import { createInterface } from 'node:readline/promises'
import { Writable } from 'node:stream'
import { Account, findAccountByEmail } from '../../models/account.js'
import { setPassword } from '../accounts/passwords.js'
import { createAccount, requireEmail } from '../accounts/sign-up.js'
import type { Container } from '../container.js'
import { recordCommand } from './with-container.js'

/** @returns a line for the console */
export async function createAdmin (container: Container, email: string): Promise<string> {
  const existing = await findAccountByEmail(requireEmail(email))
  if (existing?.role === 'admin') return `${existing.email} is already an administrator.`
  if (existing !== null) {
    await Account.updateOne({ _id: existing._id }, { $set: { role: 'admin' } })
    await recordCommand(container, 'create-admin', existing)
    return `${existing.email} is an administrator now. Open sessions get the role when they refresh their token.`
  }
  const password = await readPassword()
  const plan = container.config.plans.largest.id
  const account = await createAccount(container, { email, password, plan, profileName: 'Admin', role: 'admin' })
  await recordCommand(container, 'create-admin', account)
  return `Created the administrator ${account.email}.`
}

/** @returns a line for the console */
export async function resetPassword (container: Container, email: string): Promise<string> {
  const account = await findAccountByEmail(requireEmail(email))
  if (account === null) throw new Error('There is no account with this email.')
  await setPassword(container, account, await readPassword())
  await recordCommand(container, 'reset-password', account)
  return `${account.email} has a new password. All its sessions end; a running service notices within 5 seconds.`
}

/** Returns NORMFLIX_PASSWORD, else asks without echoing the input. */
async function readPassword (): Promise<string> {
  const configured = process.env['NORMFLIX_PASSWORD']
  if (configured !== undefined) return configured
  if (!stdin.isTTY) throw new Error('There is no terminal to ask for the password: set NORMFLIX_PASSWORD.')
  stdout.write('Password: ')
  const silentOutput = new Writable({
    write: (_chunk, _encoding, done) => {
      done()
    },
  })
  const terminal = createInterface({ input: stdin, output: silentOutput, terminal: true })
  try {
    return await terminal.question('')
  } finally {
    terminal.close()
    stdout.write('\n')
  }
}
