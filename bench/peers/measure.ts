// Measures operations on targets, round by round with every target in turn.
import { setTimeout as sleep } from 'node:timers/promises'
import { readCpuMs, readRss } from '../process-usage.js'
import { runClosedLoop, runOpenLoop, type LoadResult } from './load.js'
import type { Operation, OperationContext } from './operations.js'
import { HEARTBEAT_INTERVAL_MS } from './streams.js'
import { TARGET_TITLES, type Target, type TargetName } from './targets.js'

const IDLE_MS = 10_000
/** Time after the start, so that its work in the background has ended. */
const CALM_MS = 3_000
const MOVIE_REQUESTS_PER_SECOND = 60
const LOGIN_CLIENTS = 20
const MIN_LOGIN_EFFECT_MS = 5_000

/** What one operation cost one target. */
export interface Cost extends LoadResult {
  /** CPU time of the target; null when it cannot be read. */
  readonly cpuMs: number | null
  readonly databaseCpuMs: number | null
}

/** The costs of each round. */
export type Costs = ReadonlyMap<Operation, ReadonlyMap<TargetName, readonly Cost[]>>

const sum = (values: ReadonlyArray<number | null>): number | null =>
  values.length === 0 ? null : values.reduce((a, b) => a === null || b === null ? null : a + b, 0)
const readCpu = (pids: readonly number[]): number | null => sum(pids.map(readCpuMs))
const difference = (after: number | null, before: number | null): number | null =>
  after === null || before === null ? null : after - before

/** Runs work and adds what it cost a target. */
async function withCost (target: Target, run: () => Promise<LoadResult>): Promise<Cost> {
  const cpuBefore = readCpu(target.pids)
  const databaseCpuBefore = readCpu(target.databasePids)
  const result = await run()
  return {
    ...result,
    cpuMs: difference(readCpu(target.pids), cpuBefore),
    databaseCpuMs: difference(readCpu(target.databasePids), databaseCpuBefore),
  }
}

/** Adds the costs of all rounds. */
export function addCosts (costs: readonly Cost[]): Cost {
  return {
    responses: costs.reduce((total, { responses }) => total + responses, 0),
    durationMs: costs.reduce((total, one) => total + one.durationMs, 0),
    cpuMs: sum(costs.map(({ cpuMs }) => cpuMs)),
    databaseCpuMs: sum(costs.map(({ databaseCpuMs }) => databaseCpuMs)),
    bytes: costs.reduce((total, { bytes }) => total + bytes, 0),
    latenciesMs: costs.flatMap(({ latenciesMs }) => latenciesMs),
  }
}

export interface Plan {
  readonly operations: readonly Operation[]
  readonly targets: readonly Target[]
  readonly rounds: number
  /** Duration of one measurement. */
  readonly durationMs: number
}

/** Measures the operations; a shorter round without measurements compiles the code and fills the caches. */
export async function measureOperations (
  { operations, targets, rounds, durationMs }: Plan,
  context: OperationContext,
  memory: Memory,
  progress: (text: string) => void,
): Promise<Costs> {
  const costs = new Map(operations.map((operation) => [operation, new Map<TargetName, Cost[]>()]))
  for (let round = 0; round <= rounds; round++) {
    for (const operation of operations) {
      for (const target of targets) {
        const load = (target.name === 'service' ? operation.service : operation.peer)?.(context)
        if (load === undefined) continue
        progress(`${round === 0 ? 'warm-up' : `round ${round} of ${rounds}`}, ${operation.name}, ${target.name}`)
        if (target.name === 'service') await operation.prepare?.(context, target.origin)
        const description = `${operation.title} of ${TARGET_TITLES[target.name]}`
        const cost = await withCost(target, async () =>
          await runClosedLoop(target.origin, description, load, {
            durationMs: Math.max(operation.minDurationMs ?? 0, round === 0 ? durationMs / 2 : durationMs),
          }))
        memory.sample(target)
        const ofOperation = costs.get(operation)
        if (round > 0) ofOperation?.set(target.name, [...ofOperation.get(target.name) ?? [], cost])
      }
    }
  }
  return costs
}

export interface Memory {
  sample(target: Target): void
  /** Largest memory of a target at the end of a measurement, bytes. */
  largest(target: Target): number | null
}

export function createMemory (): Memory {
  const largest = new Map<TargetName, number>()
  return {
    sample ({ name, pids }) {
      const bytes = sum(pids.map(readRss))
      if (bytes !== null) largest.set(name, Math.max(largest.get(name) ?? 0, bytes))
    },
    largest: ({ name }) => largest.get(name) ?? null,
  }
}

/** CPU time of each target and of the database while nothing is requested, ms a second. */
export async function measureIdle (targets: readonly Target[]): Promise<Map<TargetName, number | null>> {
  await sleep(CALM_MS)
  const before = targets.map(({ pids }) => readCpu(pids))
  await sleep(IDLE_MS)
  return new Map(targets.map(({ name, pids }, i) => {
    const cpuMs = difference(readCpu(pids), before[i] ?? null)
    return [name, cpuMs === null ? null : cpuMs / (IDLE_MS / 1_000)]
  }))
}

/** Share of the highest rate at which reads are sent: latencies are those of a busy service, not of a full one. */
export const STEADY_SHARE = 0.6
/** A pause of the machine of less than 1% of this time does not decide the 99th percentile. */
const MIN_STEADY_MS = 10_000
/** Share of the measurement that is sent before it. */
const STEADY_WARM_UP = 0.2

/** Sends each read at a fixed rate, a share of the highest rate that was measured before. */
export async function measureSteadyReads (
  targets: readonly Target[],
  costs: Costs,
  context: OperationContext,
  wantedMs: number,
  progress: (text: string) => void,
): Promise<Map<Operation, Map<TargetName, LoadResult>>> {
  const durationMs = Math.max(wantedMs, MIN_STEADY_MS)
  const results = new Map<Operation, Map<TargetName, LoadResult>>()
  for (const [operation, ofOperation] of costs) {
    for (const target of targets) {
      const load = (target.name === 'service' ? operation.service : operation.peer)?.(context)
      const rounds = ofOperation.get(target.name)
      if (load === undefined || rounds === undefined || load.request(0).method !== 'GET') continue
      progress(`${operation.name}, ${target.name}`)
      const { responses, durationMs: measuredMs } = addCosts(rounds)
      const count = Math.ceil(STEADY_SHARE * responses * durationMs / measuredMs)
      const read = async (share: number) =>
        await runOpenLoop(target.origin, `${operation.title}, steady`, load, {
          durationMs: durationMs * share,
          count: Math.ceil(count * share),
        })
      // Reads what was evicted since the same requests were sent before.
      await read(STEADY_WARM_UP)
      const result = await read(1)
      const ofReads = results.get(operation) ?? new Map<TargetName, LoadResult>()
      results.set(operation, ofReads.set(target.name, result))
    }
  }
  return results
}

export interface LogInEffect {
  readonly calm: LoadResult
  readonly busy: LoadResult
}

/** Reads movies at a fixed rate, first alone and then while clients log in without a pause. */
export async function measureLogInEffect (
  target: Target,
  operations: readonly Operation[],
  context: OperationContext,
  wantedMs: number,
): Promise<LogInEffect> {
  const durationMs = Math.max(wantedMs, MIN_LOGIN_EFFECT_MS)
  const [movie, logIn] = ['movie', 'login'].map((name) => {
    const operation = operations.find((one) => one.name === name)
    const load = (target.name === 'service' ? operation?.service : operation?.peer)?.(context)
    if (load === undefined) throw new Error(`${target.name} has no operation "${name}".`)
    return load
  }) as [NonNullable<ReturnType<NonNullable<Operation['service']>>>, ReturnType<NonNullable<Operation['service']>>]
  const count = Math.ceil(MOVIE_REQUESTS_PER_SECOND * durationMs / 1_000)
  const readMovies = async () => await runOpenLoop(target.origin, 'movie at a fixed rate', movie, { durationMs, count })
  const calm = await readMovies()
  const [busy] = await Promise.all([
    readMovies(),
    runClosedLoop(target.origin, 'log-in', logIn, { durationMs, connections: LOGIN_CLIENTS }),
  ])
  return { calm, busy }
}

/** Heartbeat intervals in which the streams of a paced measurement start. */
const START_INTERVALS = 6

/**
 * Sends a heartbeat of each stream every 10 s, as players do. The streams start within the first minute; what follows
 * is measured. They play on, so none of their flushes, every ten minutes each, is in it.
 */
export async function measurePacedHeartbeats (
  target: Target,
  { streams }: OperationContext,
  durationMs: number,
): Promise<Cost> {
  const startMs = START_INTERVALS * HEARTBEAT_INTERVAL_MS
  const perSecond = streams.count * 1_000 / HEARTBEAT_INTERVAL_MS
  const isExpected = ({ expiresAt }: { expiresAt: string }): boolean => expiresAt !== ''
  let sent = 0
  // In the n-th interval of the first minute, the first n sixths of the streams send.
  let playing = 0
  for (let interval = 1; interval <= START_INTERVALS; interval++) {
    const end = Math.ceil(streams.count * interval / START_INTERVALS)
    await streams.start(target.origin, playing, end)
    playing = end
    await runOpenLoop(target.origin, 'heartbeat', {
      isExpected,
      request: (n) => streams.heartbeat(n, false),
    }, { durationMs: startMs / START_INTERVALS, count: playing })
  }
  return await withCost(target, async () =>
    await runOpenLoop(target.origin, 'heartbeat each 10 s', {
      isExpected,
      request: () => streams.heartbeat(sent++, false),
    }, { durationMs, count: Math.ceil(perSecond * durationMs / 1_000) }))
}
