// The commands that list accounts, titles, jobs and streams.
import { InvalidArgumentError, Option, type Command } from 'commander'
import { ROLES, STEP_KINDS } from '../domain/vocabulary.js'
import type { AccountFilter, List, ListRow, TitleFilter } from './list-documents.js'
import type { JobState, StreamFilter } from './list-work.js'
import type { RetryOptions } from './retry-job.js'
import { withContainer } from './with-container.js'

const DEFAULT_LIMIT = 50
const MAX_LIMIT = 100_000
const EXAMPLE_ID = '6650a1f0c2d4e5f601234567'

interface JobsOptions extends ListOptions {
  readonly state?: JobState
  readonly watch?: boolean
}

interface ListOptions {
  readonly limit: number
  readonly json?: boolean
}

export function registerListCommands (program: Command): void {
  addListOptions(program.command('accounts'))
    .argument('[email]', 'email, or a part of it')
    .summary('list accounts, newest first')
    .description('Lists accounts, newest first, with plan, role, state and number of profiles.')
    .option('--plan <plan>', 'only accounts of this plan')
    .addOption(new Option('--role <role>', 'only accounts with this role').choices(ROLES))
    .addOption(new Option('--state <state>', 'only accounts in this state').choices(['open', 'disabled', 'closed']))
    .addHelpText('after', examples('accounts kim@', 'accounts --plan basic --state disabled', 'accounts --json'))
    .action(async (email: string | undefined, options: Omit<AccountFilter, 'email'> & ListOptions) => {
      await printList(options, async () => {
        const { listAccounts } = await import('./list-documents.js')
        return await listAccounts({ ...options, email: email ?? '' })
      })
    })

  addListOptions(program.command('titles'))
    .argument('[text]', 'part of a title; case and accents do not matter')
    .summary('list movies and shows, newest first')
    .description('Lists movies and shows, newest first, including those that are not published.')
    .addOption(new Option('--kind <kind>', 'only titles of this kind').choices(['movie', 'show']))
    .addOption(new Option('--published', 'only published titles').conflicts('unpublished'))
    .option('--unpublished', 'only titles that are not published')
    .addHelpText('after', examples('titles alien', 'titles --unpublished', 'titles --kind show --json'))
    .action(async (
      text: string | undefined,
      { published, unpublished, ...options }: TitleOptions & ListOptions,
    ) => {
      const isPublished = published === true ? true : unpublished === true ? false : null
      const filter = { ...options, text: text ?? '', isPublished }
      await printList(options, async () => {
        const { listTitles } = await import('./list-documents.js')
        return await listTitles(filter)
      })
    })

  const jobs = addListOptions(program.command('jobs'))
    .summary('list files that are processed, encoded, packaged or compared')
    .description(
      'Lists media files and uploads that are being processed or packaged for HLS, masters that are being encoded, ' +
        'the steps that follow with the ID of their master ("subtitles", "thumbnails", "pictures", "original"), ' +
        'seasons whose intros and credits are being detected ("markers"), and those that failed or were skipped, ' +
        'with the reason. "normflix jobs retry" repeats one.',
    )
    .enablePositionalOptions()
    .addOption(
      new Option(
        '--state <state>',
        'only jobs in this state; "waiting": no worker runs it, "ready": finished, "skipped": a program is missing',
      )
        .choices(['waiting', 'processing', 'failed', 'skipped', 'ready']),
    )
    .addOption(
      new Option('--watch', 'show progress until no job is left; the exit code is 1 if one has failed since the start')
        .conflicts(['state', 'json']),
    )
    .addHelpText('after', examples('jobs', 'jobs --state failed --json', 'jobs --watch', `jobs retry ${EXAMPLE_ID}`))
    .action(async ({ watch, state, ...options }: JobsOptions) => {
      if (watch === true) {
        await watchUntilDone(options.limit)
        return
      }
      await printList(options, async () => {
        const { listJobs } = await import('./list-work.js')
        return await listJobs(state === undefined ? options : { ...options, states: [state] })
      })
    })

  registerJobsRetry(jobs)

  addListOptions(program.command('streams'))
    .summary('list streams that are playing')
    .description('Lists the streams that are playing now, with account, profile, title, position and device.')
    .option('--email <email>', 'only streams of this account')
    .addHelpText('after', examples('streams', 'streams --email kim@example.com'))
    .action(async (options: StreamFilter & ListOptions) => {
      await printList(options, async (now) => {
        const { listStreams } = await import('./list-work.js')
        return await listStreams(options, now)
      })
    })
}

function registerJobsRetry (jobs: Command): void {
  jobs.command('retry')
    .argument('<id>', 'ID of the job; "normflix jobs" lists it')
    .summary('repeat a job that failed')
    .description(
      'Queues the encoding of a master, one of its steps, the packaging of a file or the detection of intros and ' +
        'credits again, now and with all attempts. The service repeats it. A master that failed or was cancelled ' +
        'keeps the renditions that it has. A step and a detection that are done can be repeated too. A running job ' +
        'is not changed: the exit code is 1.',
    )
    .addOption(new Option('--step <kind>', 'a step of this master, which is encoded').choices(STEP_KINDS))
    .option('--json', 'print the job as "normflix jobs --json" does')
    .addHelpText('after', examples(`jobs retry ${EXAMPLE_ID}`, `jobs retry ${EXAMPLE_ID} --step thumbnails`))
    .action(async (id: string, options: RetryOptions) => {
      await withContainer(async (container) => {
        const { runRetryJob } = await import('./retry-job.js')
        await runRetryJob(container, id, options)
      })
    })
}

async function watchUntilDone (limit: number): Promise<void> {
  await withContainer(async () => {
    const [{ abortOnSignals, INTERRUPTED }, { watchJobs }] = await Promise.all([
      import('./abort-on-signals.js'),
      import('./watch-jobs.js'),
    ])
    const { signal, unsubscribe } = abortOnSignals()
    try {
      const failed = await watchJobs({ limit, signal, output: process.stdout })
      process.exitCode = signal.aborted ? INTERRUPTED : failed > 0 ? 1 : 0
    } finally {
      unsubscribe()
    }
  })
}

interface TitleOptions extends Pick<TitleFilter, 'kind'> {
  readonly published?: boolean
  readonly unpublished?: boolean
}

const examples = (...commands: readonly string[]): string =>
  `\nExamples:\n${commands.map((command) => `  normflix ${command}`).join('\n')}`

function addListOptions (command: Command): Command {
  return command
    .addOption(new Option('--limit <n>', 'list at most n').default(DEFAULT_LIMIT).argParser(parseLimit))
    .option('--json', 'print a JSON array')
}

/** @throws InvalidArgumentError */
function parseLimit (text: string): number {
  const limit = /^\d{1,6}$/.test(text) ? Number(text) : 0
  if (limit >= 1 && limit <= MAX_LIMIT) return limit
  throw new InvalidArgumentError(`It must be a whole number from 1 to ${MAX_LIMIT}.`)
}

async function printList<Row extends ListRow> (
  { limit, json = false }: ListOptions,
  load: (now: Date) => Promise<List<Row>>,
): Promise<void> {
  await withContainer(async ({ now }) => {
    const { rows, columns, hasMore } = await load(now())
    const { formatList } = await import('./format-list.js')
    console.log(json ? JSON.stringify(rows, null, 2) : formatList(rows, columns))
    // On standard error: JSON stays complete.
    if (hasMore) console.error(`Only the first ${limit} are listed. Use --limit for more.`)
  })
}
