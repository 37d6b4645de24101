// normflix doctor: the checks with progress on the terminal, and what they found as a table or as JSON.
import Table from 'cli-table3'
import ora from 'ora'
import type { Container } from '../container.js'
import { runChecks, type DoctorReport } from '../doctor/doctor.js'

export interface DoctorOptions {
  readonly fix?: boolean
  readonly json?: boolean
}

/** @returns whether nothing is wrong (any more) */
export async function runDoctor (
  container: Container,
  { fix = false, json = false }: DoctorOptions,
): Promise<boolean> {
  // On standard error, and only on a terminal: findings go to standard output.
  const spinner = ora({ stream: process.stderr, isEnabled: process.stderr.isTTY }).start()
  try {
    await container.open()
    const report = await runChecks(container, fix, (check, things) => {
      spinner.text = `${check}: ${things}`
    })
    spinner.stop()
    console.log(json ? JSON.stringify(report, null, 2) : describe(report, fix))
    return report.findings.every(({ state }) => state === 'mended')
  } finally {
    spinner.stop()
  }
}

const STATES = {
  open: 'can be mended',
  'by-hand': 'needs a decision',
  mended: 'mended',
  failed: 'could not be mended',
} as const

function describe ({ looked, findings }: DoctorReport, isMending: boolean): string {
  const lookedAt = `Looked at ${looked.map(({ check, things }) => `${check} ${things}`).join(', ')}.`
  if (findings.length === 0) return `${lookedAt}\nNothing is wrong.`
  const table = new Table({
    head: ['check', 'what', 'problem', 'state'],
    wordWrap: true,
    colWidths: [12, 36, 60, 18],
    style: { head: [], border: [] },
  })
  table.push(...findings.map(({ check, subject, problem, state }) => [check, subject, problem, STATES[state]]))
  const left = findings.filter(({ state }) => state !== 'mended')
  const hint = !isMending && left.some(({ state }) => state === 'open')
    ? ' "normflix doctor --fix" mends what can be mended.'
    : ''
  return `${table.toString()}\n${lookedAt}\n${findings.length} found, ${findings.length - left.length} mended.${hint}`
}
