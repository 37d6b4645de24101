// Shows watched jobs: a table that is drawn again on a terminal, else a line for each change.
import { createLogUpdate } from 'log-update'
import { formatCell, formatList, type Column } from './format-list.js'
import { describeReason, nameItem, type JobRow } from './list-work.js'

const BAR_WIDTH = 20
/** Without a terminal, progress is printed in steps of this size. */
const LINE_STEP = 0.1

/** A job with its state; `cancelled` includes deleted jobs. */
export type WatchedJob = Omit<JobRow, 'state'> & { readonly state: JobRow['state'] | 'cancelled' }

export const jobKey = ({ job, id }: Pick<WatchedJob, 'job' | 'id'>): string => `${job} ${id}`

export interface JobsView {
  show(jobs: readonly WatchedJob[]): void
  stop(): void
}

const COLUMNS: ReadonlyArray<Column<WatchedJob>> = [
  ['JOB', ({ job }) => job],
  ['STATE', ({ state }) => state],
  ['PROGRESS', ({ progress }) => progress === null ? null : formatBar(progress)],
  ['ATTEMPTS', ({ attempts }) => attempts],
  ['TITLE', ({ title, season, episode }) => nameItem(title, season, episode)],
  ['REASON', describeReason],
]

/** @param limit rows of the table at most; lines are not limited */
export function createJobsView (output: NodeJS.WriteStream, limit: number): JobsView {
  return output.isTTY ? createTable(output, limit) : createLines(output)
}

function createTable (output: NodeJS.WriteStream, limit: number): JobsView {
  const draw = createLogUpdate(output)
  return {
    show (jobs) {
      // The heading, the line below and the cursor take three lines.
      const shown = jobs.slice(0, Math.max(1, Math.min(limit, output.rows - 3)))
      const omitted = jobs.length - shown.length
      const more = omitted === 0 ? '' : `\n${omitted} more`
      draw(jobs.length === 0 ? 'No jobs.' : formatList(shown, COLUMNS) + more)
    },
    stop () {
      draw.done()
    },
  }
}

function createLines (output: NodeJS.WriteStream): JobsView {
  const printed = new Map<string, string>()
  return {
    show (jobs) {
      for (const job of jobs) {
        const { state, progress, attempts, reason } = job
        const change = JSON.stringify([state, Math.floor((progress ?? 0) / LINE_STEP), attempts, reason])
        if (printed.get(jobKey(job)) === change) continue
        printed.set(jobKey(job), change)
        output.write(`${formatLine(job)}\n`)
      }
      if (printed.size === 0) output.write('No jobs.\n')
    },
    stop () {/* Nothing to close. */},
  }
}

function formatLine (job: WatchedJob): string {
  const { progress, attempts, title, season, episode } = job
  const reason = describeReason(job)
  return [
    job.job,
    job.state,
    ...(progress === null ? [] : [formatBar(progress)]),
    ...(attempts === null ? [] : [`attempts ${attempts}`]),
    nameItem(title, season, episode) ?? job.id,
    ...(reason === null ? [] : [reason]),
  ].map(formatCell).join('  ')
}

/** @param progress 0 to 1 */
function formatBar (progress: number): string {
  const filled = Math.floor(progress * BAR_WIDTH)
  const percent = `${Math.floor(progress * 100)}%`
  return `${'█'.repeat(filled)}${'░'.repeat(BAR_WIDTH - filled)} ${percent.padStart(4)}`
}
