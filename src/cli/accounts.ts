// The commands create-admin and reset-password.
import type { Command } from 'commander'
import { withContainer } from './with-container.js'

const PASSWORD_HELP = 'The command asks for the password, or reads it from NORMFLIX_PASSWORD.'

export function registerAccountCommands (program: Command): void {
  program.command('create-admin')
    .argument('<email>', 'email of the administrator; an existing account becomes an administrator')
    .summary('create an administrator')
    .description(`Creates an administrator, or makes an existing account one. ${PASSWORD_HELP}`)
    .addHelpText(
      'after',
      "\nExamples:\n  normflix create-admin you@example.com\n  NORMFLIX_PASSWORD='a long pass phrase' " +
        'normflix create-admin you@example.com',
    )
    .action(async (email: string) => {
      await withContainer(async (container) => {
        const { createAdmin } = await import('./edit-accounts.js')
        console.log(await createAdmin(container, email))
      })
    })

  program.command('reset-password')
    .argument('<email>', 'email of the account')
    .summary('set a new password for an account')
    .description(
      `Sets a new password for an account that cannot receive email, and ends all its sessions. ${PASSWORD_HELP}`,
    )
    .addHelpText('after', '\nExample:\n  normflix reset-password kim@example.com')
    .action(async (email: string) => {
      await withContainer(async (container) => {
        const { resetPassword } = await import('./edit-accounts.js')
        console.log(await resetPassword(container, email))
      })
    })
}
