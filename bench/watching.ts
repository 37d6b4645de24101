// Shows that watching costs the same however long the history is: real requests to a real service, for profiles with few
// and many plays, in turns. Prints a table; a ratio that is too high is for people to judge, and fails nothing.
import { Command } from 'commander'
import { readFile } from 'node:fs/promises'
import { cpus } from 'node:os'
import { fileURLToPath } from 'node:url'
import type { Cleanup } from './cleanup.js'
import { runBenchmark, step, wholeNumber } from './command.js'
import { ACCOUNT_BYTES_BOUND, measureLargestAccount } from './max-size-account.js'
import { signUp } from './users.js'
import { toPromises, toSizePromise, toTable } from './report.js'
import { emptyCosts, takeTurn, type Costs, type Stage, type Subject } from './iterations.js'
import { ask, startService, type Database } from './service.js'
import { connectSetting, openSetting } from './environment.js'
import { addPlays, bringToAccount, makeCatalogue, type BenchCatalogue } from './viewing.js'

const CLIP = fileURLToPath(new URL('../../src/demo/clips/clip-480p-en.mp4', import.meta.url))
/** Rounds before anything counts: code is compiled, caches are filled. */
const WARM_UP_ROUNDS = 3

interface Options {
  readonly plays: number[]
  readonly rounds: number
  readonly mongodbUri?: string
}

const program = new Command('bench:watching')
  .description(
    'Measures what heartbeats, continue watching, history, stopping and starting, and "where was I" cost with short and long histories.',
  )
  .option(
    '--plays <list>',
    'sizes of the histories; the first is what the others are compared to',
    (text) => text.split(',').map(wholeNumber),
    [10, 1_000, 100_000],
  )
  .option('--rounds <n>', 'how often each profile has its turn', wholeNumber, 30)
  .option('--mongodb-uri <uri>', 'measure on this MongoDB, in a database of its own that is dropped afterwards')

const outOf = (progress: (text: string) => void) => (done: number, all: number): void => {
  progress(`${done.toLocaleString('en-US')} of ${all.toLocaleString('en-US')}`)
}

interface Prepared {
  readonly subjects: Subject[]
  readonly catalogue: BenchCatalogue
  readonly playing: string
}

/** Makes everything that is measured, with a service that is stopped again: the measured one starts afresh. */
async function prepare (
  cleanup: Cleanup,
  database: Database,
  dataDir: string,
  sizes: readonly number[],
): Promise<Prepared> {
  const { subjects, playing } = await step('Accounts, and a clip to play', async () => {
    const service = await startService(cleanup, database.uri, dataDir)
    const { origin } = service
    const token = await (await signUp(origin, 'admin')).token(origin)
    const playing = (await ask<{ id: string }>(origin, {
      method: 'POST',
      path: '/v1/admin/movies',
      token,
      body: { title: 'The Matrix', genres: ['Science Fiction'] },
    })).id
    await ask(origin, { method: 'POST', path: `/v1/admin/movies/${playing}/media`, token, body: await readFile(CLIP) })
    const subjects: Subject[] = []
    for (const plays of sizes) subjects.push({ plays, viewer: await signUp(origin) })
    await service.stop()
    return { subjects, playing }
  })
  const catalogue = await step('Catalogue', async (progress) => await makeCatalogue(playing, outOf(progress)))
  for (const { plays, viewer } of subjects) {
    const titles = await step(
      `${plays.toLocaleString('en-US')} plays`,
      async (progress) => await addPlays(catalogue, viewer, plays, outOf(progress)),
    )
    await step(`Watch history of ${titles.length.toLocaleString('en-US')} titles`, async (progress) => {
      await bringToAccount(viewer, titles, outOf(progress))
    })
  }
  return { subjects, catalogue, playing }
}

async function runRounds (stage: Stage, subjects: readonly Subject[], rounds: number): Promise<Costs> {
  const warmUp = emptyCosts(subjects)
  const costs = emptyCosts(subjects)
  await step('Measuring', async (progress) => {
    for (let round = 1 - WARM_UP_ROUNDS; round <= rounds; round++) {
      progress(round < 1 ? 'warming up' : `round ${round} of ${rounds}`)
      for (const subject of subjects) {
        const ofSubject = (round < 1 ? warmUp : costs).get(subject)
        if (ofSubject !== undefined) await takeTurn(stage, subject, ofSubject)
      }
    }
  })
  return costs
}

async function measure (cleanup: Cleanup, { plays, rounds, mongodbUri }: Options): Promise<void> {
  const setting = await openSetting(cleanup, mongodbUri ?? null)
  const { dataDir, database } = setting
  await connectSetting(cleanup, setting)
  const { subjects, catalogue, playing } = await prepare(cleanup, database, dataDir, plays)
  const accountBytes = await measureLargestAccount()
  const service = await step('Service', async () => await startService(cleanup, database.uri, dataDir))
  const { firstWatched } = catalogue
  const costs = await runRounds(
    { service, databasePid: database.pid, playing, firstWatched: firstWatched.item.toString() },
    subjects,
    rounds,
  )
  await service.stop()
  console.log([
    `Node ${process.versions.node}, ${cpus().length} processors, ${database.description}; ${rounds} rounds, CPU as a mean over all of them.`,
    '',
    toTable(costs),
    '',
    ...toPromises(costs),
    toSizePromise('the largest account document', accountBytes, ACCOUNT_BYTES_BOUND),
  ].join('\n'))
}

await runBenchmark(program, measure)
