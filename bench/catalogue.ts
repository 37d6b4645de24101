// Shows what a large catalogue costs: how fast it is imported, what memory it takes, and how long requests take with it,
// beside smaller ones. Prints tables; what is not kept is for people to judge, and fails nothing.
import { Command } from 'commander'
import { rmSync, statSync } from 'node:fs'
import { cpus } from 'node:os'
import path from 'node:path'
import mongoose from 'mongoose'
import { createIndexes } from '../src/database/indexes.js'
import { loadDemoMovies } from '../src/demo/movies.js'
import { connectDatabase, disconnectDatabase } from '../src/database/connection.js'
import type { Cleanup } from './cleanup.js'
import { runBenchmark, step, wholeNumber } from './command.js'
import {
  toBusyTable,
  toFootprintTable,
  toHomePromises,
  toImportPromises,
  toImportTable,
  toLatencyTable,
  type Footprint,
  type NamedImport,
} from './catalogue-report.js'
import {
  emptyCosts,
  KIND_NAMES,
  KINDS,
  prepareStage,
  takeTurn,
  waitForSearch,
  type Costs,
  type KindName,
  type Stage,
} from './catalogue-requests.js'
import { generateTitles, linesOf, writeTitles } from './generated-titles.js'
import { runImport } from './import-command.js'
import { signUp } from './users.js'
import { readRss } from './process-memory.js'
import { besideDatabase, send, startService, type Database, type Service } from './service.js'
import { openSetting, type Setting } from './environment.js'

const WARM_UP_ROUNDS = 2
const GB = 1e9
/** So many are changed while it is asked: for as long as it takes to see what that does. */
const CHANGED_TITLES = 30_000
/** What is asked while an import writes. */
const WHILE_IMPORTING: readonly KindName[] = ['plans', 'browse', 'browseGenre', 'facets', 'search', 'movie', 'home']

interface Options {
  readonly titles: number[]
  readonly rounds: number
  readonly largeGb?: number
  readonly mongodbUri?: string
}

const program = new Command('bench:catalogue')
  .description(
    'Measures how fast a catalogue is imported, what memory it takes, and what lists, search, details and the home page cost at several sizes.',
  )
  .option('--titles <list>', 'sizes of the catalogues, the largest last', (text) => text.split(',').map(wholeNumber), [
    1_000,
    10_000,
    200_000,
  ])
  .option('--rounds <n>', 'how often each size has its turn', wholeNumber, 20)
  .option('--large-gb <n>', 'also pass so many GB through the import, without writing', wholeNumber)
  .option('--mongodb-uri <uri>', 'measure on this MongoDB, in databases of their own that are dropped afterwards')

/** A database of its own, with its indexes. */
async function prepareDatabase (cleanup: Cleanup, { database }: Setting, name: string): Promise<Database> {
  const own = besideDatabase(database, name)
  await inDatabase(own, async () => {
    await createIndexes()
  })
  if (own.isGiven) {
    cleanup.add(async () => {
      await inDatabase(own, async () => {
        await mongoose.connection.dropDatabase()
      })
    })
  }
  return own
}

async function inDatabase (database: Database, work: () => Promise<void>): Promise<void> {
  await connectDatabase(database.uri)
  try {
    await work()
  } finally {
    await disconnectDatabase()
  }
}

interface Imported {
  readonly runs: NamedImport[]
  readonly databases: ReadonlyMap<number, Database>
  readonly nextEdition: string
}

/** Imports the real titles, and a generated catalogue of each size; the largest again. */
async function importAll (cleanup: Cleanup, setting: Setting, sizes: readonly number[]): Promise<Imported> {
  const runs: NamedImport[] = []
  const { dataDir } = setting
  const write = async (name: string, titles: Iterable<object>): Promise<string> => {
    const file = path.join(dataDir, name)
    await step(`File ${name}`, async () => {
      await writeTitles(file, titles)
    })
    return file
  }
  const importFile = async (name: string, file: string, database: Database, isPromised: boolean): Promise<void> => {
    const run = await step(
      `Import: ${name}`,
      async () => await runImport(cleanup, { databaseUri: database.uri, dataDir, from: file }),
    )
    runs.push({ ...run, name, bytes: statSync(file).size, isPromised })
  }
  const real = loadDemoMovies().map(({ id: _, ...movie }) => movie)
  await importFile(
    'the real movies',
    await write('real.ndjson', real),
    await prepareDatabase(cleanup, setting, 'real'),
    false,
  )
  const databases = new Map<number, Database>()
  const largest = Math.max(...sizes)
  for (const titles of sizes) {
    const database = await prepareDatabase(cleanup, setting, String(titles))
    databases.set(titles, database)
    const file = await write(`${titles}.ndjson`, generateTitles(titles))
    await importFile('generated', file, database, titles === largest)
    if (titles === largest) await importFile('generated, once more', file, database, true)
    rmSync(file)
  }
  return {
    runs,
    databases,
    nextEdition: await write('next-edition.ndjson', generateTitles(Math.min(largest, CHANGED_TITLES), { edition: 1 })),
  }
}

/** As much as wanted, without a file. */
function* large (bytes: number): Generator<string> {
  let written = 0
  for (const lines of linesOf(generateTitles(Infinity))) {
    yield lines
    written += lines.length
    if (written >= bytes) return
  }
}

interface Started {
  readonly service: Service
  readonly footprint: Footprint
  readonly viewer: Awaited<ReturnType<typeof signUp>>
  readonly admin: Awaited<ReturnType<typeof signUp>>
}

async function startMeasured (
  cleanup: Cleanup,
  setting: Setting,
  titles: number,
  database: Database,
): Promise<Started> {
  return await step(`Service with ${titles.toLocaleString('en-US')} titles`, async (progress) => {
    const started = performance.now()
    const seconds = (): number => (performance.now() - started) / 1_000
    const service = await startService(cleanup, database.uri, path.join(setting.dataDir, `service-${titles}`))
    const readySeconds = seconds()
    progress('its search')
    await connectDatabase(database.uri)
    const [viewer, admin] = [await signUp(service.origin), await signUp(service.origin, 'admin')]
    await disconnectDatabase()
    await waitForSearch(service, await viewer.token(service.origin))
    return {
      service,
      viewer,
      admin,
      footprint: {
        titles,
        readySeconds,
        searchSeconds: seconds(),
        rss: readRss(service.pid),
        heap: Infinity,
        searchHeap: Infinity,
      },
    }
  })
}

/** Looks at the memory again: the least of the heap, the most of the process. */
async function lookAtMemory ({ service, footprint }: Started): Promise<void> {
  const metrics = (await send(service.origin, { method: 'GET', path: '/metrics' })).bytes.toString()
  const read = (name: string): number => Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(metrics)?.[1] ?? NaN)
  footprint.heap = Math.min(footprint.heap, read('nodejs_heap_size_used_bytes'))
  footprint.searchHeap = Math.min(footprint.searchHeap, read('normflix_search_heap_bytes'))
  footprint.rss = readRss(service.pid)
}

async function runRounds (
  stages: readonly Stage[],
  started: readonly Started[],
  rounds: number,
): Promise<Map<number, Costs>> {
  const costs = new Map(stages.map(({ titles }) => [titles, emptyCosts()]))
  await step('Measuring', async (progress) => {
    for (let round = -WARM_UP_ROUNDS; round < rounds; round++) {
      for (const name of KIND_NAMES) {
        progress(`${round < 0 ? 'warming up' : `round ${round + 1} of ${rounds}`}, ${KINDS[name].name}`)
        for (const stage of stages) {
          const cost = round < 0 ? emptyCosts() : costs.get(stage.titles)
          if (cost !== undefined) await takeTurn(stage, name, (round + WARM_UP_ROUNDS) * KINDS[name].times, cost[name])
        }
      }
      for (const one of started) await lookAtMemory(one)
    }
  })
  return costs
}

/** Asks for as long as another process changes every title. */
async function runWhileImporting (
  cleanup: Cleanup,
  stage: Stage,
  databaseUri: string,
  dataDir: string,
  file: string,
  rounds: number,
): Promise<{ run: NamedImport, costs: Costs }> {
  const costs = emptyCosts()
  return await step('Measuring while an import writes', async (progress) => {
    const over = new AbortController()
    const importing = runImport(cleanup, { databaseUri, dataDir, from: file }).finally(() => {
      over.abort()
    })
    // It is waited for below, also when a request fails before.
    importing.catch(() => undefined)
    for (let round = rounds + WARM_UP_ROUNDS; !over.signal.aborted; round++) {
      progress(`round ${round - rounds - WARM_UP_ROUNDS + 1}`)
      for (const name of WHILE_IMPORTING) {
        if (!over.signal.aborted) await takeTurn(stage, name, round * KINDS[name].times, costs[name])
      }
    }
    return {
      costs,
      run: {
        ...await importing,
        name: 'generated, a changed part, while requests are answered',
        bytes: statSync(file).size,
        isPromised: false,
      },
    }
  })
}

async function measure (cleanup: Cleanup, { titles: sizes, rounds, largeGb, mongodbUri }: Options): Promise<void> {
  const setting = await openSetting(cleanup, mongodbUri ?? null)
  const { dataDir, database } = setting
  const { runs, databases, nextEdition } = await importAll(cleanup, setting, sizes)
  if (largeGb !== undefined) {
    const run = await step(
      `Import: ${largeGb} GB, without writing`,
      async () =>
        await runImport(cleanup, { databaseUri: database.uri, dataDir, from: large(largeGb * GB), isDryRun: true }),
    )
    runs.push({ ...run, name: 'from standard input, without writing', bytes: largeGb * GB, isPromised: false })
  }
  const empty = await startMeasured(cleanup, setting, 0, await prepareDatabase(cleanup, setting, 'empty'))
  const started: Started[] = []
  for (const [titles, own] of databases) started.push(await startMeasured(cleanup, setting, titles, own))
  const stages = await step('Viewers, and titles to ask for', async () => {
    const made: Stage[] = []
    for (const { footprint: { titles }, service, viewer, admin } of started) {
      made.push(await prepareStage(titles, service, viewer, admin))
    }
    return made
  })
  const costs = await runRounds(stages, [empty, ...started], rounds)
  const [largest, largestDatabase] = [stages.at(-1), [...databases.values()].at(-1)]
  if (largest === undefined || largestDatabase === undefined) throw new Error('there is no catalogue')
  const busy = await runWhileImporting(cleanup, largest, largestDatabase.uri, dataDir, nextEdition, rounds)
  console.log([
    `Node ${process.versions.node}, ${cpus().length} processors, ${database.description}; ${rounds} rounds.`,
    '',
    toImportTable([...runs, busy.run]),
    '',
    toFootprintTable([empty, ...started].map(({ footprint }) => footprint)),
    '',
    toLatencyTable(costs),
    '',
    toBusyTable(costs.get(largest.titles) ?? emptyCosts(), busy.costs, WHILE_IMPORTING),
    '',
    ...toImportPromises(runs),
    ...toHomePromises(costs),
  ].join('\n'))
}

await runBenchmark(program, measure)
