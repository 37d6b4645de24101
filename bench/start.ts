// Measures how fast a process starts with a large catalogue, and the memory that it takes: without a snapshot of the
// catalogue, then from one. Prints a table.
import { Command } from 'commander'
import mongoose from 'mongoose'
import { availableParallelism } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { CatalogueSnapshot } from '../models/catalogue-snapshot.js'
import { Title } from '../models/title.js'
import { connectDatabase, disconnectDatabase } from '../src/database/connection.js'
import { createIndexes } from '../src/database/indexes.js'
import { waitForSearch } from './catalogue-setup.js'
import type { Cleanup } from './cleanup.js'
import { parsePositiveInteger, runBenchmark, runStep } from './command.js'
import { connectToDatabase, openEnvironment } from './environment.js'
import { generateTitles, writeTitles } from './generated-titles.js'
import { runImport } from './import-command.js'
import { formatNumber, formatTable, quantile } from './measurements.js'
import { readCpuMs, readPeakRss, readRss } from './process-usage.js'
import { requestJson, sendRequest, startService, type Database, type Service } from './service.js'
import { signUpUser, type User } from './users.js'

const MIB = 1024 ** 2
const QUERIES = ['love', 'the dark', 'john smith', 'wrold', 'godfahter', 'comedy 1999', 'steven', 'return of']
const SORTS = ['title', 'release', 'added', 'popularity']
const POLL_INTERVAL_MS = 500

interface Options {
  readonly titles: number
  readonly seconds: number
  readonly mongodbUri?: string
}

const program = new Command('bench:start')
  .description('Measures how fast a process starts with many titles, and the memory that it takes.')
  .option('--titles <n>', 'size of the catalogue', parsePositiveInteger, 200_000)
  .option('--seconds <n>', 'duration of the load', parsePositiveInteger, 20)
  .option('--mongodb-uri <uri>', 'existing MongoDB server; the database is dropped at the end')

interface Start {
  readonly service: Service
  readonly user: User
  readonly cells: string[]
}

const toMib = (bytes: number | null): string => bytes === null ? 'n/a' : (bytes / MIB).toFixed(0)

/** Starts a service, waits for its search, and sends requests for some seconds. */
async function measureStart (
  cleanup: Cleanup,
  name: string,
  database: Database,
  dataDir: string,
  seconds: number,
): Promise<Start> {
  return await runStep(`Start ${name}`, async (progress) => {
    const started = performance.now()
    const elapsed = (): string => ((performance.now() - started) / 1_000).toFixed(1)
    const service = await startService(cleanup, database.uri, path.join(dataDir, 'service'))
    const ready = elapsed()
    const cpu = ((readCpuMs(service.pid) ?? NaN) / 1_000).toFixed(1)
    progress('search index')
    const user = await signUpUser(service.origin)
    await waitForSearch(service, await user.token(service.origin))
    const searchReady = elapsed()
    const idleRss = readRss(service.pid)
    progress('load')
    const searchMs = await applyLoad(service, user, seconds)
    const metrics = (await sendRequest(service.origin, { method: 'GET', path: '/metrics' })).bytes.toString()
    const metric = (metricName: string): number =>
      Number(new RegExp(`^${metricName} (\\S+)$`, 'm').exec(metrics)?.[1] ?? NaN)
    const cells = [
      name,
      ready,
      cpu,
      searchReady,
      toMib(idleRss),
      toMib(readRss(service.pid)),
      toMib(readPeakRss(service.pid)),
      toMib(metric('nodejs_heap_size_used_bytes')),
      toMib(metric('normflix_search_heap_bytes')),
      quantile(searchMs, 0.5).toFixed(0),
    ]
    return { service, user, cells }
  })
}

/** Searches, lists, details, facets and home pages. @returns the durations of the searches, ms */
async function applyLoad ({ origin }: Service, user: User, seconds: number): Promise<number[]> {
  const token = await user.token(origin)
  const get = async <T>(url: string): Promise<T> =>
    await requestJson<T>(origin, { method: 'GET', path: `/v1${url}`, token })
  const genres = (await get<{ items: Array<{ name: string }> }>('/genres')).items
  const searchMs: number[] = []
  const end = performance.now() + seconds * 1_000
  for (let i = 0; performance.now() < end; i++) {
    const started = performance.now()
    await get(`/search?q=${encodeURIComponent(QUERIES[i % QUERIES.length] ?? '')}`)
    searchMs.push(performance.now() - started)
    const genre = encodeURIComponent(genres[i % genres.length]?.name ?? '')
    await get(`/titles?limit=50&sort=${SORTS[i % SORTS.length]}&genre=${genre}`)
    if (i % 3 === 0) await get(`/profiles/${user.profile}/home`)
    if (i % 5 === 0) await get(`/titles/facets?yearTo=${2_030 + i}`)
    if (i % 7 === 0) await get('/people?q=john')
  }
  return searchMs
}

/** What the database alone takes to send all titles. */
async function readAllTitles (): Promise<number> {
  const started = performance.now()
  for await (const title of Title.collection.find({}, { raw: true })) if (title === null) break
  return (performance.now() - started) / 1_000
}

async function measure (cleanup: Cleanup, { titles, seconds, mongodbUri }: Options): Promise<void> {
  const { dataDir, database } = await openEnvironment(cleanup, mongodbUri ?? null)
  await connectDatabase(database.uri)
  await createIndexes()
  await disconnectDatabase()
  await runStep(`Import ${formatNumber(titles)} titles`, async () => {
    const file = path.join(dataDir, 'titles.ndjson')
    await writeTitles(file, generateTitles(titles))
    await runImport(cleanup, { databaseUri: database.uri, dataDir, source: file })
  })
  await connectToDatabase(cleanup, database)
  const readSeconds = await runStep('Read all titles', readAllTitles)
  const full = await measureStart(cleanup, 'without a snapshot', database, dataDir, seconds)
  await runStep('Wait for a snapshot', async () => {
    while (await CatalogueSnapshot.countDocuments({ savedAt: mongoose.trusted({ $ne: null }) }) === 0) {
      await sleep(POLL_INTERVAL_MS)
    }
  })
  await full.service.stop()
  const restored = await measureStart(cleanup, 'from a snapshot', database, dataDir, seconds)
  await restored.service.stop()
  const head = [
    'start',
    'ready after s',
    'CPU s',
    'search ready after s',
    'RSS MiB',
    'under load',
    'peak',
    'heap MiB',
    'search MiB',
    'search ms',
  ]
  console.log([
    `Node ${process.versions.node}, ${availableParallelism()} processors, ${database.description}, ` +
    `${formatNumber(titles)} titles; the database alone sends them in ${readSeconds.toFixed(1)} s.`,
    '',
    formatTable(head, [full.cells, restored.cells]),
  ].join('\n'))
}

await runBenchmark(program, measure)
