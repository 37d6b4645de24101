// normflix doctor: the checks with progress on the terminal, and what they found as a table or as JSON.
import Table from 'cli-table3'
import ora from 'ora'
import { pino } from 'pino'
import { createAccountAccess } from '../accounts/access.js'
import { openCatalogue } from '../catalogue/store/snapshot.js'
import type { Config } from '../config.js'
import { runChecks, type DoctorReport } from '../doctor/doctor.js'
import { createLeaseCheck } from '../media/delivery/lease-check.js'
import { openStorage } from '../storage/open-storage.js'

export interface DoctorOptions {
  readonly fix?: boolean
  readonly json?: boolean
}

/** @returns whether nothing is wrong (any more) */
export async function runDoctor (config: Config, { fix = false, json = false }: DoctorOptions): Promise<boolean> {
  const report = await examineService(config, fix)
  console.log(json ? JSON.stringify(report, null, 2) : describe(report, fix))
  return report.findings.every(({ state }) => state === 'mended')
}

async function examineService (config: Config, isMending: boolean): Promise<DoctorReport> {
  const log = pino({ level: 'warn' }, pino.destination(2))
  const now = (): Date => new Date()
  const warn = (error: unknown, message: string): void => {
    log.warn({ err: error }, message)
  }
  // On standard error, and only where somebody watches: what is found goes to standard output.
  const spinner = ora({ stream: process.stderr, isEnabled: process.stderr.isTTY }).start()
  const catalogue = await openCatalogue({ warn })
  try {
    const services = {
      catalogue,
      storage: await openStorage(config),
      access: createAccountAccess(now),
      leases: createLeaseCheck(now),
      watching: { catalogue, now, warn },
      now,
      log,
    }
    return await runChecks(services, isMending, (check, things) => {
      spinner.text = `${check}: ${things}`
    })
  } finally {
    spinner.stop()
    await catalogue.close()
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
