// Compares the service with what else could serve its requests: a server without a framework, and the usual
// frameworks. All of them store the same data and are measured in turns. Prints tables; nothing fails the command.
import bcrypt from 'bcryptjs'
import { Command } from 'commander'
import mongoose from 'mongoose'
import { mkdirSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import path from 'node:path'
import type { Cleanup } from './cleanup.js'
import { parsePositiveInteger, runBenchmark, runStep } from './command.js'
import { openEnvironment } from './environment.js'
import { formatNumber } from './measurements.js'
import { findMissingPrograms, startFlaskPeer } from './peers/flask-peer.js'
import type { LoadResult } from './peers/load.js'
import {
  createMemory,
  measureIdle,
  measureLogInEffect,
  measureOperations,
  measurePacedHeartbeats,
  measureSteadyReads,
  type LogInEffect,
} from './peers/measure.js'
import { OPERATIONS, type Operation, type OperationContext } from './peers/operations.js'
import { insertPeerData } from './peers/peer-database.js'
import {
  formatComparison,
  formatDetails,
  formatDifferences,
  formatLogInEffect,
  formatPacedHeartbeats,
  formatProcesses,
  formatSteadyReads,
} from './peers/report.js'
import { createServiceData } from './peers/service-accounts.js'
import { createServiceTokens } from './peers/service-tokens.js'
import { createStreams } from './peers/streams.js'
import {
  BCRYPT_COST,
  PASSWORD,
  PEER_NAMES,
  startNodePeer,
  startProductionService,
  TARGET_TITLES,
  type Target,
  type TargetName,
} from './peers/targets.js'
import { MOVIES, SHOWS, WATCHED_TITLES, type TestData } from './peers/test-data.js'
import { siblingDatabase, type Database } from './service.js'

interface Options {
  readonly accounts: number
  readonly seconds: number
  readonly rounds: number
  readonly streams: number
  readonly only?: string[]
  readonly peers: string[]
  readonly python: string
  readonly profile: boolean
  readonly mongodbUri?: string
}

const splitList = (text: string): string[] => text.split(',').map((word) => word.trim()).filter((word) => word !== '')

const EXTRA_NAMES = ['steady', 'paced', 'interference', 'idle'] as const

const program = new Command('bench:peers')
  .description('Compares the service with a bare Node server and with the usual frameworks on the same data.')
  .option('--accounts <n>', 'accounts with 3 profiles of 50 watched titles each', parsePositiveInteger, 2_000)
  .option('--seconds <n>', 'duration of one measurement', parsePositiveInteger, 5)
  .option('--rounds <n>', 'number of rounds; each measures every target in turn', parsePositiveInteger, 3)
  .option('--streams <n>', 'streams that send heartbeats, one per account', parsePositiveInteger, 600)
  .option(
    '--only <words>',
    `operations whose name contains a word: ${
      [...OPERATIONS.map(({ name }) => name), ...EXTRA_NAMES].join(', ')
    }; all by default`,
    splitList,
  )
  .option('--peers <names>', `peers to measure: ${PEER_NAMES.join(', ')}, or none`, splitList, [...PEER_NAMES])
  .option('--python <program>', 'Python of the peer flask, with its packages', 'python3')
  .option('--profile', 'writes a CPU profile of the service and prints the folder', false)
  .option('--mongodb-uri <uri>', 'existing MongoDB server; the databases are dropped at the end')

async function createPeerData (
  cleanup: Cleanup,
  database: Database,
  data: TestData,
  passwordHash: string,
): Promise<void> {
  await runStep('Create the data of the peers', async () => {
    const connection = await mongoose.createConnection(peerDatabase(database).uri).asPromise()
    cleanup.add(async () => {
      if (database.isExternal) await connection.dropDatabase()
      await connection.close()
    })
    if (connection.db === undefined) throw new Error('There is no connection.')
    await insertPeerData(connection.db as never, data, passwordHash)
  })
}

const peerDatabase = (database: Database): Database => siblingDatabase(database, 'peers')

/** The selected operations, and those of the peers that they are compared with. */
function selectOperations (isSelected: (name: string) => boolean): Operation[] {
  const compared = new Set(OPERATIONS.filter(({ name }) => isSelected(name)).map(({ comparedWith }) => comparedWith))
  return OPERATIONS.flatMap((operation) => {
    if (isSelected(operation.name)) return [operation]
    return compared.has(operation.name) ? [{ ...operation, service: null }] : []
  })
}

async function startPeers (
  cleanup: Cleanup,
  { peers, python }: Options,
  database: Database,
  data: TestData,
  dataDir: string,
): Promise<Target[]> {
  const passwordHash = await bcrypt.hash(PASSWORD, BCRYPT_COST)
  const nodePeers = (['bare', 'fastify'] as const).filter((name) => peers.includes(name))
  if (nodePeers.length > 0) await createPeerData(cleanup, database, data, passwordHash)
  const targets: Target[] = []
  for (const name of nodePeers) {
    targets.push(await startNodePeer(cleanup, name, peerDatabase(database).uri, database.pid))
  }
  if (!peers.includes('flask')) return targets
  const missing = await findMissingPrograms(python)
  if (missing !== null) {
    console.log(`Skipped the peer ${TARGET_TITLES.flask}: it needs ${missing}.\n`)
    return targets
  }
  const flask = await runStep(
    `Start ${TARGET_TITLES.flask}`,
    async () => await startFlaskPeer(cleanup, python, data, passwordHash, dataDir),
  )
  return [...targets, flask]
}

async function measure (cleanup: Cleanup, options: Options): Promise<void> {
  const { seconds, rounds, only, profile, mongodbUri, accounts } = options
  const { dataDir, database } = await openEnvironment(cleanup, mongodbUri ?? null)
  const data = await createServiceData(cleanup, database, accounts)
  const isSelected = (name: string): boolean => only === undefined || only.some((word) => name.includes(word))
  const durationMs = seconds * 1_000
  const profileDir = profile ? path.resolve('.cache', 'profiles') : null
  if (profileDir !== null) mkdirSync(profileDir, { recursive: true })

  const peerTargets = await startPeers(cleanup, options, database, data, dataDir)
  const service = await runStep('Start the service', async () => {
    const logFile = path.join(dataDir, 'service.log')
    const production = { databaseUri: database.uri, dataDir, logFile, profileDir }
    return await startProductionService(cleanup, production, database.pid)
  })
  const targets = [...peerTargets, service]
  const tokens = await createServiceTokens()
  const streams = createStreams(data, tokens, Math.min(options.streams, accounts))
  const context: OperationContext = { data, tokens, streams }
  const memory = createMemory()
  const operations = selectOperations(isSelected)
  // Before the load: streams expire for a minute after it, and the service writes what was watched.
  const idle = isSelected('idle')
    ? await runStep('Measure idle processes', async () => await measureIdle(targets))
    : new Map<TargetName, number | null>()
  const costs = await runStep(
    'Measure',
    async (progress) => await measureOperations({ operations, targets, rounds, durationMs }, context, memory, progress),
  )
  const steady = isSelected('steady')
    ? await runStep(
      'Measure reads at a steady rate',
      async (progress) => await measureSteadyReads(targets, costs, context, durationMs, progress),
    )
    : new Map<Operation, Map<TargetName, LoadResult>>()
  const paced = isSelected('paced')
    ? await runStep(
      'Measure heartbeats each 10 s',
      async () => await measurePacedHeartbeats(service, context, durationMs * rounds),
    )
    : null
  const effects = new Map<TargetName, LogInEffect>()
  if (isSelected('interference')) {
    await runStep('Measure movies during log-ins', async () => {
      for (const target of targets) {
        effects.set(target.name, await measureLogInEffect(target, OPERATIONS, context, durationMs * rounds))
      }
    })
  }

  console.log([
    `Node ${process.versions.node}, ${availableParallelism()} processors, ` +
    `${database.description}, ${rounds} rounds of ` +
    `${seconds} s for each target in turn, 32 connections that never pause.`,
    `${formatNumber(MOVIES)} movies, ${SHOWS} shows of 30 episodes with 4 files each, ${formatNumber(accounts)} ` +
    `accounts with 3 profiles of ${WATCHED_TITLES} watched titles.`,
    '',
    'Requests/s relative to bare · CPU of the process in ms a request:',
    '',
    formatComparison(costs, targets),
    '',
    formatDetails(costs),
    '',
    formatProcesses(targets, memory.largest, idle),
    ...steady.size === 0 ? [] : ['', formatSteadyReads(steady)],
    ...effects.size === 0 ? [] : ['', formatLogInEffect(effects)],
    ...paced === null ? [] : ['', formatPacedHeartbeats(paced, streams.count)],
    '',
    formatDifferences(database.description.includes('fallback')),
    ...profileDir === null
      ? []
      : ['', `The service writes its CPU profile to ${profileDir} when it stops, which is now.`],
  ].join('\n'))
}

await runBenchmark(program, measure)
