// Measures whether the cost of watching depends on the length of the history: sends real requests to a real service for
// profiles with few and many plays, in turns. Prints a table; a high ratio does not fail the command.
import { Command } from 'commander'
import { readFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import type { Cleanup } from './cleanup.js'
import { parsePositiveInteger, runBenchmark, runStep } from './command.js'
import { connectToDatabase, openEnvironment } from './environment.js'
import { addPlays, createBenchmarkCatalogue, projectPlays, type BenchmarkCatalogue } from './generated-history.js'
import { MAX_ACCOUNT_BYTES, measureMaxSizeAccount } from './max-size-account.js'
import { formatNumber } from './measurements.js'
import { requestJson, startService, type Database } from './service.js'
import { signUpUser } from './users.js'
import { formatSizeTarget, formatWatchingTable, formatWatchingTargets } from './watching-report.js'
import { createCosts, measureProfile, type Costs, type Subject, type WatchingTarget } from './watching-requests.js'

const CLIP = fileURLToPath(new URL('../../src/demo/clips/clip-480p-en.mp4', import.meta.url))
/** Iterations that are not measured: they compile the code and fill the caches. */
const WARM_UP_ITERATIONS = 3

interface Options {
  readonly plays: number[]
  readonly rounds: number
  readonly mongodbUri?: string
}

const program = new Command('bench:watching')
  .description(
    'Measures heartbeats, continue watching, history, start, stop and resume positions with short and long histories.',
  )
  .option(
    '--plays <list>',
    'lengths of the histories; ratios compare with the first one',
    (text) => text.split(',').map(parsePositiveInteger),
    [10, 1_000, 100_000],
  )
  .option('--rounds <n>', 'number of iterations', parsePositiveInteger, 30)
  .option('--mongodb-uri <uri>', 'existing MongoDB server; the database is dropped at the end')

const reportCount = (progress: (text: string) => void) => (done: number, all: number): void => {
  progress(`${formatNumber(done)} of ${formatNumber(all)}`)
}

interface TestData {
  readonly subjects: Subject[]
  readonly catalogue: BenchmarkCatalogue
  /** ID of the movie that the requests play. */
  readonly playedId: string
}

/** Creates all data with a temporary service, so that the measured service starts without caches. */
async function createTestData (
  cleanup: Cleanup,
  database: Database,
  dataDir: string,
  lengths: readonly number[],
): Promise<TestData> {
  const { subjects, playedId } = await runStep('Create accounts and upload a clip', async () => {
    const service = await startService(cleanup, database.uri, dataDir)
    const { origin } = service
    const token = await (await signUpUser(origin, 'admin')).token(origin)
    const { id } = await requestJson<{ id: string }>(origin, {
      method: 'POST',
      path: '/v1/admin/movies',
      token,
      body: { title: 'The Matrix', genres: ['Science Fiction'] },
    })
    const clip = await readFile(CLIP)
    await requestJson(origin, { method: 'POST', path: `/v1/admin/movies/${id}/media`, token, body: clip })
    const created: Subject[] = []
    for (const plays of lengths) created.push({ plays, user: await signUpUser(origin) })
    await service.stop()
    return { subjects: created, playedId: id }
  })
  const catalogue = await runStep(
    'Create a catalogue',
    async (progress) => await createBenchmarkCatalogue(playedId, reportCount(progress)),
  )
  for (const { plays, user } of subjects) {
    const titles = await runStep(
      `Add ${formatNumber(plays)} plays`,
      async (progress) => await addPlays(catalogue, user, plays, reportCount(progress)),
    )
    await runStep(`Derive the watch history of ${formatNumber(titles.length)} titles`, async (progress) => {
      await projectPlays(user, titles, reportCount(progress))
    })
  }
  return { subjects, catalogue, playedId }
}

async function measureIterations (
  target: WatchingTarget,
  subjects: readonly Subject[],
  iterations: number,
): Promise<Costs> {
  const warmUpCosts = createCosts(subjects)
  const costs = createCosts(subjects)
  await runStep('Measure', async (progress) => {
    for (let iteration = 1 - WARM_UP_ITERATIONS; iteration <= iterations; iteration++) {
      const isWarmUp = iteration < 1
      progress(isWarmUp ? 'warm-up' : `iteration ${iteration} of ${iterations}`)
      for (const subject of subjects) {
        const subjectCosts = (isWarmUp ? warmUpCosts : costs).get(subject)
        if (subjectCosts !== undefined) await measureProfile(target, subject, subjectCosts)
      }
    }
  })
  return costs
}

async function measure (cleanup: Cleanup, { plays, rounds: iterations, mongodbUri }: Options): Promise<void> {
  const { dataDir, database } = await openEnvironment(cleanup, mongodbUri ?? null)
  await connectToDatabase(cleanup, database)
  const { subjects, catalogue, playedId } = await createTestData(cleanup, database, dataDir, plays)
  const accountBytes = await measureMaxSizeAccount()
  const service = await runStep('Start the service', async () => await startService(cleanup, database.uri, dataDir))
  const firstWatchedId = catalogue.firstWatched.item.toString()
  const target = { service, databasePid: database.pid, playedId, firstWatchedId }
  const costs = await measureIterations(target, subjects, iterations)
  await service.stop()
  console.log([
    `Node ${process.versions.node}, ${availableParallelism()} processors, ` +
    `${database.description}, ${iterations} iterations. ` +
    'CPU values are means.',
    '',
    formatWatchingTable(costs),
    '',
    ...formatWatchingTargets(costs),
    formatSizeTarget('the largest account document', accountBytes, MAX_ACCOUNT_BYTES),
  ].join('\n'))
}

await runBenchmark(program, measure)
