// The command line: what is done to a service from outside, with the same configuration.
import { Command, InvalidArgumentError, Option } from 'commander'
import { stdin, stdout } from 'node:process'
import { createInterface } from 'node:readline/promises'
import { Writable } from 'node:stream'
import { Account, findAccountByEmail, type StoredAccount } from '../../models/account.js'
import { setPassword } from '../accounts/passwords.js'
import { createAccount, normaliseEmail } from '../accounts/sign-up.js'
import { VERSION } from '../config.js'
import type { Container } from '../container.js'
import { createIndexes, findMissingIndexes, requireIndexes } from '../database/indexes.js'
import { DomainError } from '../errors.js'
import { importLineSchema } from '../transfer/import-line-schema.js'
import { IMPORT_FORMATS } from '../transfer/parsers/open-sources.js'
import { rebuildHistory } from '../watching/history/rebuild.js'
import { runDoctor, type DoctorOptions } from './doctor.js'
import { runExport } from './export.js'
import { runImport, type ImportCommandOptions } from './import.js'
import { withContainer } from './with-container.js'

const program = new Command('normflix')
  .description(
    'Runs a NormFlix service from the command line. Configuration comes from the environment and .env, as for the service itself.',
  )
  .version(VERSION)

program.command('create-admin')
  .argument('<email>', 'address to sign in with; an account that exists becomes an administrator')
  .description('Make an administrator. The password is asked for, or taken from NORMFLIX_PASSWORD.')
  .action(async (email: string) => {
    await withContainer(async (container) => {
      const existing = await findAccountByEmail(normaliseEmail(email))
      if (existing !== null) {
        await Account.updateOne({ _id: existing._id }, { $set: { role: 'admin' } })
        await recordCommand(container, 'create-admin', existing)
        console.log(
          `${existing.email} is an administrator now. Sessions that are open get the role with their next refresh.`,
        )
        return
      }
      const password = process.env['NORMFLIX_PASSWORD'] ?? await askPassword()
      const account = await createAccount(container, {
        email,
        password,
        plan: container.config.plans.largest.id,
        profileName: 'Admin',
        role: 'admin',
      })
      await recordCommand(container, 'create-admin', account)
      console.log(`Made the administrator ${account.email}.`)
    })
  })

program.command('reset-password')
  .argument('<email>', 'address of the account')
  .description(
    'Set a new password, for somebody who cannot be mailed. It is asked for, or taken from NORMFLIX_PASSWORD. Every session of the account ends.',
  )
  .action(async (email: string) => {
    await withContainer(async (container) => {
      const account = await findAccountByEmail(normaliseEmail(email))
      if (account === null) throw new Error('No account has this address.')
      const password = process.env['NORMFLIX_PASSWORD'] ?? await askPassword()
      await setPassword(container, account, password)
      await recordCommand(container, 'reset-password', account)
      console.log(
        `${account.email} has a new password, and is signed out everywhere; a running service knows within 5 seconds.`,
      )
    })
  })

program.command('doctor')
  .description(
    'Look for what should not be: documents whose account, profile or title is gone, stored files that nobody names or that are missing, accounts over their limits or on other limits than their plan, histories that are not what the plays say, missing indexes. Exits with 1 when something is wrong, and stays wrong.',
  )
  .option('--fix', 'mend what can be mended without deciding anything; the rest is told')
  .option('--json', 'print a report for programs: { looked, findings: [{ check, subject, problem, state }] }')
  .action(async (options: DoctorOptions) => {
    await withContainer(async (container) => {
      if (!await runDoctor(container, options)) process.exitCode = 1
    })
  })

program.command('indexes')
  .description('Create the collections and indexes that are missing.')
  .option('--check', 'change nothing; exit with 1 when one is missing')
  .action(async ({ check = false }: { check?: boolean }) => {
    await withContainer(async () => {
      if (!check) {
        await createIndexes((collection) => {
          console.log(`  ${collection}`)
        })
        console.log('All indexes are there.')
        return
      }
      const missing = await findMissingIndexes()
      console.log(missing.length === 0 ? 'All indexes are there.' : `Missing:\n  ${missing.join('\n  ')}`)
      if (missing.length > 0) process.exitCode = 1
    })
  })

program.command('rebuild-history')
  .description("Build every profile's watch history again from the plays, which are its source.")
  .option('--email <email>', 'only this account')
  .action(async ({ email }: { email?: string }) => {
    await withContainer(async (container) => {
      await container.open()
      const { profiles, titles } = await rebuildHistory(
        container.watching,
        email === undefined ? null : normaliseEmail(email),
        (line) => {
          console.log(line)
        },
      )
      console.log(`Rebuilt ${titles} titles of ${profiles} profiles.`)
    })
  })

program.command('import')
  .argument(
    '[files...]',
    "NDJSON, JSON or CSV files, or IMDb's dataset files (title.basics, title.episode, title.ratings); packed with gzip or not; - is standard input",
  )
  .description(
    'Bring movies, shows and collections into the catalogue. What is there already is recognised by its id, by its ids in other catalogues, or without any by name and year; importing the same again changes nothing. An import that was interrupted goes on where it was when it is started again.',
  )
  .option('--dry-run', 'change nothing; say what would become of each line')
  .option(
    '--replace',
    'a line is all there is of its title: what it leaves out goes, episodes too. Otherwise that stays as it is',
  )
  .addOption(new Option('--format <format>', 'what the files are, when their names do not tell').choices(IMPORT_FORMATS))
  .option('--report <file>', 'write every refused line with its reasons to this file, a JSON object each')
  .option(
    '--json',
    'print the result for programs: { total, created, updated, unchanged, refused, seconds, perSecond, dryRun, complete }',
  )
  .option('--min-votes <n>', "of IMDb's files: leave out what fewer people rated", wholeNumber)
  .option('--include-adult', "of IMDb's files: take titles for adults too")
  .option('--from-start', 'begin again, also when an interrupted import could go on')
  .option('--schema', 'print the format of a line as JSON Schema, and do nothing else')
  .action(async (files: string[], { schema, ...options }: ImportCommandOptions & { schema?: boolean }) => {
    if (schema === true) {
      console.log(JSON.stringify(importLineSchema(), null, 2))
      return
    }
    if (files.length === 0) throw new Error('Which files? See normflix import --help.')
    await withContainer(async (container) => {
      // Without them every line would be looked for in all titles.
      await requireIndexes(container.config.env)
      process.exitCode = await runImport(container, files, options)
      if (options.dryRun !== true) await recordCommand(container, 'import')
    })
  })

program.command('export')
  .argument('[file]', 'where to write it, packed when it ends with .gz; standard output when left out')
  .description(
    'Write the catalogue as NDJSON that normflix import reads: movies, shows with seasons and episodes, collections, with their ids. Media files, subtitles and pictures are not in it.',
  )
  .action(async (file: string | undefined) => {
    await withContainer(async () => {
      await runExport(file ?? null)
    })
  })

/** Commands are in the audit log too, without anybody who did them. */
async function recordCommand (
  { audit }: Container,
  action: string,
  account: StoredAccount | null = null,
): Promise<void> {
  audit.record({ action, result: 'ok', reason: 'command-line', account: account?._id.toString() ?? null })
  await audit.onIdle()
}

/** @throws InvalidArgumentError */
function wholeNumber (text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('It is a whole number.')
  return Number(text)
}

/** Asks without showing what is typed. */
async function askPassword (): Promise<string> {
  if (!stdin.isTTY) throw new Error('There is no terminal to ask for a password: set NORMFLIX_PASSWORD.')
  stdout.write('Password: ')
  const terminal = createInterface({
    input: stdin,
    output: new Writable({
      write: (_chunk, _encoding, done) => {
        done()
      },
    }),
    terminal: true,
  })
  try {
    return await terminal.question('')
  } finally {
    terminal.close()
    stdout.write('\n')
  }
}

try {
  await program.parseAsync()
} catch (error) {
  console.error(error instanceof DomainError ? error.detail : error instanceof Error ? error.message : String(error))
  process.exitCode = 1
}
