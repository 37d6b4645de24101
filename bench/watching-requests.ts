// The requests of the watching benchmark. Each iteration measures every profile, so that other load on the machine
// affects all of them.
import { Types } from 'mongoose'
import { Play } from '../models/play.js'
import { readCpuMs } from './process-usage.js'
import {
  assertSuccess,
  requestJson,
  sendRequest,
  type RequestOptions,
  type Service,
  type TimedResponse,
} from './service.js'
import type { User } from './users.js'

/** Page size that ten plays fill, so that all profiles get responses of the same size. */
const PAGE_SIZE = 8
/** Default page size of the API. It exceeds the number of embedded watch history entries with a card. */
const DEFAULT_PAGE_SIZE = 20

/** `repetitions` is the number of requests per iteration. */
export const REQUESTS = {
  heartbeat: { name: 'heartbeat, 1 of 20 with a flush', repetitions: 20 },
  progress: { name: 'report of progress without a stream', repetitions: 5 },
  continueWatching: { name: `continue watching, ${PAGE_SIZE} cards`, repetitions: 20 },
  fullContinueWatching: { name: `continue watching, up to ${DEFAULT_PAGE_SIZE} cards`, repetitions: 5 },
  history: { name: `history, first page of ${PAGE_SIZE}`, repetitions: 5 },
  nextHistory: { name: 'history, the page after a cursor', repetitions: 5 },
  stopAndStart: { name: 'stop and start', repetitions: 4 },
  resumePosition: { name: 'resume position of the first title', repetitions: 10 },
} as const
export type RequestName = keyof typeof REQUESTS
export const REQUEST_NAMES = Object.keys(REQUESTS) as RequestName[]

/** A profile that the benchmark measures. */
export interface Subject {
  /** Number of plays. */
  readonly plays: number
  readonly user: User
}

/** The measurements of one kind of request for one profile. */
export interface Cost {
  readonly durationsMs: number[]
  /** CPU time of the service for all requests, ms; null if unknown. */
  apiCpuMs: number | null
  /** CPU time of the database for all requests, ms; null if unknown. */
  databaseCpuMs: number | null
}
export type SubjectCosts = Record<RequestName, Cost>
export type Costs = Map<Subject, SubjectCosts>

export interface WatchingTarget {
  readonly service: Service
  readonly databasePid: number | null
  /** ID of the movie that the requests play. */
  readonly playedId: string
  /** ID of the item that every profile watched first. */
  readonly firstWatchedId: string
}

export function createCosts (subjects: readonly Subject[]): Costs {
  const createCost = (): Cost => ({ durationsMs: [], apiCpuMs: 0, databaseCpuMs: 0 })
  const createSubjectCosts = (): SubjectCosts =>
    Object.fromEntries(REQUEST_NAMES.map((name) => [name, createCost()])) as SubjectCosts
  return new Map(subjects.map((subject) => [subject, createSubjectCosts()]))
}

/** Measures all requests of one profile once per repetition. */
export async function measureProfile (target: WatchingTarget, { user }: Subject, costs: SubjectCosts): Promise<void> {
  const { service: { origin } } = target
  const token = await user.token(origin)
  const profileUrl = `/v1/profiles/${user.profile}`
  const get = (path: string): RequestOptions => ({ method: 'GET', path: `${profileUrl}${path}`, token })
  const start: RequestOptions = {
    method: 'POST',
    path: `${profileUrl}/playback`,
    token,
    body: { itemId: target.playedId },
  }
  let positionMs = 20_000
  let heartbeats = 0
  const nextEvent = (): object => {
    positionMs += 10
    return { positionMs, watchedMs: positionMs, at: new Date().toISOString() }
  }
  const nextState = (): string => ++heartbeats % REQUESTS.heartbeat.repetitions === 0 ? 'paused' : 'playing'
  const heartbeat = (streamId: string): RequestOptions => ({
    method: 'PUT',
    path: `${profileUrl}/playback/${streamId}`,
    token,
    body: { ...nextEvent(), state: nextState() },
  })
  const report = (): RequestOptions => ({
    method: 'PUT',
    path: `${profileUrl}/progress/${target.playedId}`,
    token,
    body: nextEvent(),
  })
  const stop = (streamId: string): RequestOptions => ({
    method: 'POST',
    path: `${profileUrl}/playback/${streamId}/stop`,
    token,
    body: nextEvent(),
  })
  const measure = async (name: RequestName, send: () => Promise<TimedResponse[]>): Promise<void> => {
    await measureRequest(target, costs[name], REQUESTS[name].repetitions, send)
  }
  const measureGet = async (name: RequestName, path: string): Promise<void> => {
    await measure(name, async () => [await sendRequest(origin, get(path))])
  }

  let { streamId } = await requestJson<{ streamId: string }>(origin, start)
  await measure('heartbeat', async () => [await sendRequest(origin, heartbeat(streamId))])
  await measure('stopAndStart', async () => {
    const stopped = await sendRequest(origin, stop(streamId))
    const started = await sendRequest(origin, start)
    ;({ streamId } = JSON.parse(started.bytes.toString()) as { streamId: string })
    return [stopped, started]
  })
  await requestJson(origin, stop(streamId))
  await measure('progress', async () => [await sendRequest(origin, report())])
  await measureGet('continueWatching', `/continue-watching?limit=${PAGE_SIZE}`)
  await measureGet('fullContinueWatching', `/continue-watching?limit=${DEFAULT_PAGE_SIZE}`)
  await measureGet('history', `/history?limit=${PAGE_SIZE}`)
  const { nextCursor } = await requestJson<{ nextCursor: string | null }>(origin, get('/history?limit=1'))
  if (nextCursor !== null) await measureGet('nextHistory', `/history?limit=${PAGE_SIZE}&cursor=${nextCursor}`)
  await measureGet('resumePosition', `/progress/${target.firstWatchedId}`)
  // Restore the length of the history for the next iteration.
  await Play.deleteMany({ profile: new Types.ObjectId(user.profile), title: new Types.ObjectId(target.playedId) })
}

async function measureRequest (
  { service, databasePid }: WatchingTarget,
  cost: Cost,
  repetitions: number,
  send: () => Promise<TimedResponse[]>,
): Promise<void> {
  const before = { api: readCpuMs(service.pid), database: readCpuMs(databasePid) }
  for (let i = 0; i < repetitions; i++) {
    const responses = await send()
    for (const response of responses) assertSuccess(response, 'a measured request')
    cost.durationsMs.push(responses.reduce((sum, { durationMs }) => sum + durationMs, 0))
  }
  cost.apiCpuMs = addDifference(cost.apiCpuMs, before.api, readCpuMs(service.pid))
  cost.databaseCpuMs = addDifference(cost.databaseCpuMs, before.database, readCpuMs(databasePid))
}

function addDifference (sum: number | null, before: number | null, after: number | null): number | null {
  return sum === null || before === null || after === null ? null : sum + after - before
}
