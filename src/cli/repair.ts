// The commands doctor and rebuild-history.
import type { Command } from 'commander'
import type { DoctorOptions } from './run-doctor.js'
import { withContainer } from './with-container.js'

export function registerRepairCommands (program: Command): void {
  program.command('doctor')
    .summary('find and fix inconsistencies')
    .description(
      'Finds inconsistencies: documents whose account, profile, title or season does not exist, stored files without ' +
        'a document, missing files, accounts that exceed or differ from the limits of their plan, watch histories ' +
        'that differ from their plays, and missing indexes. Exits with 1 if any remain.',
    )
    .option('--fix', 'fix what needs no decision')
    .option(
      '--json',
      'print JSON: { checked: [{ check, count, objects }], findings: [{ check, subject, problem, state }] }',
    )
    .addHelpText('after', '\nExamples:\n  normflix doctor\n  normflix doctor --fix\n  normflix doctor --json')
    .action(async (options: DoctorOptions) => {
      await withContainer(async (container) => {
        const { runDoctor } = await import('./run-doctor.js')
        if (!await runDoctor(container, options)) process.exitCode = 1
      })
    })

  program.command('rebuild-history')
    .summary('rebuild watch histories')
    .description('Rebuilds the watch history of every profile from its plays, which are the source of truth.')
    .option('--email <email>', 'rebuild the profiles of this account only')
    .addHelpText('after', '\nExample:\n  normflix rebuild-history --email kim@example.com')
    .action(async ({ email }: { email?: string }) => {
      await withContainer(async (container) => {
        const [{ normaliseEmail }, { rebuildHistory }] = await Promise.all([
          import('../domain/email.js'),
          import('../watching/history/rebuild.js'),
        ])
        await container.open()
        const normalised = email === undefined ? null : normaliseEmail(email)
        const { profiles, titles } = await rebuildHistory(container.watching, normalised, console.log)
        console.log(`Rebuilt ${titles} titles of ${profiles} profiles.`)
      })
    })
}
