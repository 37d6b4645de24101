// The commands doctor and rebuild-history.
import type { Command } from 'commander'
import Table from 'cli-table3'
import ora from 'ora'
import { normaliseEmail } from '../domain/email.js'
import type { Container } from '../container.js'
import { runChecks, type DoctorReport, type FindingState } from '../doctor/doctor.js'
import { rebuildHistory } from '../watching/history/rebuild.js'
import { withContainer } from './with-container.js'

interface DoctorOptions {
  readonly fix?: boolean
  readonly json?: boolean
}

export function registerRepairCommands (program: Command): void {
  program.command('doctor')
    .summary('find and fix inconsistencies')
    .description(
      'Finds inconsistencies: documents whose account, profile or title does not exist, stored files without a ' +
        'document, missing files, accounts that exceed or differ from the limits of their plan, watch histories that ' +
        'differ from their plays, and missing indexes. Exits with 1 if any remain.',
    )
    .option('--fix', 'fix what needs no decision')
    .option('--json', 'print JSON: { checked: [{ check, count }], findings: [{ check, subject, problem, state }] }')
    .addHelpText('after', '\nExamples:\n  normflix doctor\n  normflix doctor --fix\n  normflix doctor --json')
    .action(async (options: DoctorOptions) => {
      await withContainer(async (container) => {
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
        await container.open()
        const normalised = email === undefined ? null : normaliseEmail(email)
        const { profiles, titles } = await rebuildHistory(container.watching, normalised, console.log)
        console.log(`Rebuilt ${titles} titles of ${profiles} profiles.`)
      })
    })
}

/** @returns true when no inconsistency remains */
async function runDoctor (container: Container, { fix = false, json = false }: DoctorOptions): Promise<boolean> {
  // On standard error, and only on a terminal: the findings go to standard output.
  const spinner = ora({ stream: process.stderr, isEnabled: process.stderr.isTTY }).start()
  try {
    await container.open()
    const report = await runChecks(container, fix, (check, count) => {
      spinner.text = `${check}: ${count}`
    })
    spinner.stop()
    console.log(json ? JSON.stringify(report, null, 2) : describeReport(report, fix))
    return report.findings.every(({ state }) => state === 'fixed')
  } finally {
    spinner.stop()
  }
}

const STATE_TEXTS: Readonly<Record<FindingState, string>> = {
  open: 'can be fixed',
  manual: 'needs a decision',
  fixed: 'fixed',
  failed: 'could not be fixed',
}

function describeReport ({ checked, findings }: DoctorReport, isFixing: boolean): string {
  const counts = `Checked: ${checked.map(({ check, count }) => `${check} ${count}`).join(', ')}.`
  if (findings.length === 0) return `${counts}\nNo inconsistencies found.`
  const table = new Table({
    head: ['check', 'object', 'problem', 'state'],
    wordWrap: true,
    colWidths: [20, 36, 54, 20],
    style: { head: [], border: [] },
  })
  table.push(...findings.map(({ check, subject, problem, state }) => [check, subject, problem, STATE_TEXTS[state]]))
  const remaining = findings.filter(({ state }) => state !== 'fixed')
  const canFix = !isFixing && remaining.some(({ state }) => state === 'open')
  const hint = canFix ? ' Run "normflix doctor --fix" to fix those that need no decision.' : ''
  const totals = `${findings.length} found, ${findings.length - remaining.length} fixed.`
  return `${table.toString()}\n${counts}\n${totals}${hint}`
}
