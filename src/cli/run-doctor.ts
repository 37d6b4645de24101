// Runs "normflix doctor".
import Table from 'cli-table3'
import ora from 'ora'
import type { Container } from '../container.js'
import { describeEncoder } from '../media/encoding/find-programs.js'
import { describeFingerprints } from '../media/markers/fingerprint-audio.js'
import { runChecks, type CheckedObjects, type DoctorReport, type FindingState } from '../doctor/doctor.js'

export interface DoctorOptions {
  readonly fix?: boolean
  readonly json?: boolean
}

/** @returns true when no inconsistency remains */
export async function runDoctor (
  container: Container,
  { fix = false, json = false }: DoctorOptions,
): Promise<boolean> {
  // On standard error, and only on a terminal: the findings go to standard output.
  const spinner = ora({ stream: process.stderr, isEnabled: process.stderr.isTTY }).start()
  try {
    await container.open()
    const report = await runChecks(container, fix, ({ check, count, objects }) => {
      spinner.text = `${check}: ${count.toLocaleString('en-US')} ${objects}`
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

function describeChecked ({ check, count, objects }: CheckedObjects): string {
  return `${check.padEnd(20)} ${count.toLocaleString('en-US')} ${objects}`
}

function describeReport ({ checked, findings, encoder, fingerprints }: DoctorReport, isFixing: boolean): string {
  const counts = `Checked:\n${checked.map((one) => `  ${describeChecked(one)}`).join('\n')}\n` +
    `Encoding: ${describeEncoder(encoder)}\n` +
    `Detection of intros: ${describeFingerprints(fingerprints)}`
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
