// Measures large catalogues: the speed of imports, the memory of the service, and the latency of requests, compared
// with smaller catalogues. Prints tables; a missed target does not fail the command.
import { Command } from 'commander'
import { availableParallelism } from 'node:os'
import path from 'node:path'
import mongoose from 'mongoose'
import { connectDatabase, disconnectDatabase } from '../src/database/connection.js'
import { createIndexes } from '../src/database/indexes.js'
import { importCatalogues, importFile, importFromInput, type ImportedCatalogues } from './catalogue-imports.js'
import {
  formatFootprints,
  formatHomeTargets,
  formatImportLatencies,
  formatImports,
  formatImportTargets,
  formatLatencies,
  type Footprint,
  type NamedImport,
} from './catalogue-report.js'
import {
  createCosts,
  measureRequest,
  REQUEST_NAMES,
  REQUESTS,
  type Costs,
  type RequestName,
} from './catalogue-requests.js'
import { prepareTarget, waitForSearch, type CatalogueTarget } from './catalogue-setup.js'
import type { Cleanup } from './cleanup.js'
import { parsePositiveInteger, runBenchmark, runStep } from './command.js'
import { openEnvironment, type Environment } from './environment.js'
import { formatNumber } from './measurements.js'
import { readRss } from './process-usage.js'
import { sendRequest, siblingDatabase, startService, type Database, type Service } from './service.js'
import { signUpUser, type User } from './users.js'

const WARM_UP_ITERATIONS = 2
/** The requests that are measured during an import. */
const REQUESTS_DURING_IMPORT: readonly RequestName[] = [
  'plans',
  'browse',
  'browseGenre',
  'facets',
  'search',
  'movie',
  'home',
]

interface Options {
  readonly titles: number[]
  readonly rounds: number
  readonly largeGb?: number
  readonly mongodbUri?: string
}

const program = new Command('bench:catalogue')
  .description(
    'Measures the speed of imports, the memory of the service, and the latency of lists, search, details and home.',
  )
  .option(
    '--titles <list>',
    'sizes of the catalogues, the largest last',
    (text) => text.split(',').map(parsePositiveInteger),
    [1_000, 10_000, 200_000],
  )
  .option('--rounds <n>', 'number of iterations', parsePositiveInteger, 20)
  .option('--large-gb <n>', 'also import this amount of data without writing', parsePositiveInteger)
  .option('--mongodb-uri <uri>', 'existing MongoDB server; the databases are dropped at the end')

/** Creates a database with its indexes. */
async function createDatabase (cleanup: Cleanup, { database }: Environment, name: string): Promise<Database> {
  const created = siblingDatabase(database, name)
  await withDatabase(created, async () => {
    await createIndexes()
  })
  if (created.isExternal) {
    cleanup.add(async () => {
      await withDatabase(created, async () => {
        await mongoose.connection.dropDatabase()
      })
    })
  }
  return created
}

async function withDatabase<T> (database: Database, work: () => Promise<T>): Promise<T> {
  await connectDatabase(database.uri)
  try {
    return await work()
  } finally {
    await disconnectDatabase()
  }
}

interface StartedService {
  readonly service: Service
  readonly footprint: Footprint
  readonly user: User
  readonly admin: User
}

/** Starts a service and measures when it and its search are ready. */
async function startMeasuredService (
  cleanup: Cleanup,
  { dataDir }: Environment,
  titles: number,
  database: Database,
): Promise<StartedService> {
  return await runStep(`Start a service with ${formatNumber(titles)} titles`, async (progress) => {
    const started = performance.now()
    const elapsedSeconds = (): number => (performance.now() - started) / 1_000
    const service = await startService(cleanup, database.uri, path.join(dataDir, `service-${titles}`))
    const readySeconds = elapsedSeconds()
    progress('search index')
    const [user, admin] = await withDatabase(
      database,
      async () => [await signUpUser(service.origin), await signUpUser(service.origin, 'admin')] as const,
    )
    await waitForSearch(service, await user.token(service.origin))
    const searchReadySeconds = elapsedSeconds()
    const rss = readRss(service.pid)
    const footprint = { titles, readySeconds, searchReadySeconds, rss, heap: Infinity, searchHeap: Infinity }
    return { service, user, admin, footprint }
  })
}

/** Updates the memory of a service: the lowest heap so far, and the current resident set size. */
async function sampleMemory ({ service, footprint }: StartedService): Promise<void> {
  const metrics = (await sendRequest(service.origin, { method: 'GET', path: '/metrics' })).bytes.toString()
  const readMetric = (name: string): number => Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(metrics)?.[1] ?? NaN)
  footprint.heap = Math.min(footprint.heap, readMetric('nodejs_heap_size_used_bytes'))
  footprint.searchHeap = Math.min(footprint.searchHeap, readMetric('normflix_search_heap_bytes'))
  footprint.rss = readRss(service.pid)
}

async function measureIterations (
  targets: readonly CatalogueTarget[],
  services: readonly StartedService[],
  iterations: number,
): Promise<Map<number, Costs>> {
  const costs = new Map(targets.map(({ titles }) => [titles, createCosts()]))
  await runStep('Measure', async (progress) => {
    for (let iteration = -WARM_UP_ITERATIONS; iteration < iterations; iteration++) {
      const isWarmUp = iteration < 0
      for (const name of REQUEST_NAMES) {
        const stage = isWarmUp ? 'warm-up' : `iteration ${iteration + 1} of ${iterations}`
        progress(`${stage}, ${REQUESTS[name].description}`)
        const firstNumber = (iteration + WARM_UP_ITERATIONS) * REQUESTS[name].repetitions
        for (const target of targets) {
          const targetCosts = isWarmUp ? createCosts() : costs.get(target.titles)
          if (targetCosts !== undefined) await measureRequest(target, name, firstNumber, targetCosts[name])
        }
      }
      for (const service of services) await sampleMemory(service)
    }
  })
  return costs
}

/** Measures requests while another process imports changed titles. */
async function measureDuringImport (
  cleanup: Cleanup,
  target: CatalogueTarget,
  environment: Environment,
  database: Database,
  file: string,
  iterations: number,
): Promise<{ run: NamedImport, costs: Costs }> {
  const costs = createCosts()
  return await runStep('Measure during an import', async (progress) => {
    const finished = new AbortController()
    const name = 'generated, changed titles, under load'
    const importing = importFile(cleanup, environment, { name, file, database, hasTarget: false }).finally(() => {
      finished.abort()
    })
    // The rejection is handled below, also when a request fails first.
    importing.catch(() => undefined)
    const firstIteration = iterations + WARM_UP_ITERATIONS
    for (let iteration = firstIteration; !finished.signal.aborted; iteration++) {
      progress(`iteration ${iteration - firstIteration + 1}`)
      for (const request of REQUESTS_DURING_IMPORT) {
        if (finished.signal.aborted) break
        await measureRequest(target, request, iteration * REQUESTS[request].repetitions, costs[request])
      }
    }
    return { costs, run: await importing }
  })
}

async function startServices (
  cleanup: Cleanup,
  environment: Environment,
  { databases }: ImportedCatalogues,
): Promise<StartedService[]> {
  const services: StartedService[] = []
  for (const [titles, database] of databases) {
    services.push(await startMeasuredService(cleanup, environment, titles, database))
  }
  return services
}

async function prepareTargets (services: readonly StartedService[]): Promise<CatalogueTarget[]> {
  return await runStep('Add activity of a profile', async () => {
    const targets: CatalogueTarget[] = []
    for (const { footprint: { titles }, service, user, admin } of services) {
      targets.push(await prepareTarget(titles, service, user, admin))
    }
    return targets
  })
}

async function measure (cleanup: Cleanup, options: Options): Promise<void> {
  const { titles: sizes, rounds: iterations, largeGb, mongodbUri } = options
  const environment = await openEnvironment(cleanup, mongodbUri ?? null)
  const catalogues = await importCatalogues(
    cleanup,
    environment,
    sizes,
    async (name) => await createDatabase(cleanup, environment, name),
  )
  const runs = [...catalogues.runs]
  if (largeGb !== undefined) runs.push(await importFromInput(cleanup, environment, largeGb))
  const emptyDatabase = await createDatabase(cleanup, environment, 'empty')
  const empty = await startMeasuredService(cleanup, environment, 0, emptyDatabase)
  const services = await startServices(cleanup, environment, catalogues)
  const targets = await prepareTargets(services)
  const costs = await measureIterations(targets, [empty, ...services], iterations)
  const [largest, largestDatabase] = [targets.at(-1), [...catalogues.databases.values()].at(-1)]
  if (largest === undefined || largestDatabase === undefined) throw new Error('There is no catalogue.')
  const duringImport = await measureDuringImport(
    cleanup,
    largest,
    environment,
    largestDatabase,
    catalogues.changedFile,
    iterations,
  )
  const idleCosts = costs.get(largest.titles) ?? createCosts()
  console.log([
    `Node ${process.versions.node}, ${availableParallelism()} processors, ${environment.database.description}, ` +
    `${iterations} iterations.`,
    '',
    formatImports([...runs, duringImport.run]),
    '',
    formatFootprints([empty, ...services].map(({ footprint }) => footprint)),
    '',
    formatLatencies(costs),
    '',
    formatImportLatencies(idleCosts, duringImport.costs, REQUESTS_DURING_IMPORT),
    '',
    ...formatImportTargets(runs),
    ...formatHomeTargets(costs),
  ].join('\n'))
}

await runBenchmark(program, measure)
