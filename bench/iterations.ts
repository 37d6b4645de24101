// The requests that watching consists of, measured in rounds: every profile has its turn in each, so that what else the
// machine does hits all alike.
import { Types } from 'mongoose'
import { Play } from '../models/play.js'
import type { Viewer } from './users.js'
import { readCpuMs } from './process-cpu.js'
import { ask, send, type Call, type Reply, type Service } from './service.js'

/** Small enough that ten plays fill it: all profiles answer the same amount. */
const PAGE = 8
/** The page that clients get unless they say otherwise: more cards than the embedded entries of this viewer have. */
const DEFAULT_PAGE = 20

export const REQUESTS = {
  heartbeat: { name: 'heartbeat', times: 20 },
  continueWatching: { name: `continue watching, ${PAGE} cards`, times: 20 },
  fullContinueWatching: { name: `continue watching, up to ${DEFAULT_PAGE} cards`, times: 5 },
  history: { name: `history, first page of ${PAGE}`, times: 5 },
  nextHistory: { name: 'history, the page after a cursor', times: 5 },
  stopAndStart: { name: 'stop, then start', times: 4 },
  whereWasI: { name: 'where was I, in what was watched first', times: 10 },
} as const
export type RequestName = keyof typeof REQUESTS

/** A profile that is measured. */
export interface Subject {
  readonly plays: number
  readonly viewer: Viewer
}

/** What one kind of request cost one profile. */
export interface Cost {
  readonly times: number[]
  /** Processor time of the whole service and of the database over all requests, ms; null where it is not told. */
  apiCpuMs: number | null
  databaseCpuMs: number | null
}

export type Costs = Map<Subject, Record<RequestName, Cost>>

export interface Stage {
  readonly service: Service
  readonly databasePid: number | null
  /** What is played while it is measured. */
  readonly playing: string
  /** What every profile watched first of all. */
  readonly firstWatched: string
}

export function emptyCosts (subjects: readonly Subject[]): Costs {
  const none = (): Cost => ({ times: [], apiCpuMs: 0, databaseCpuMs: 0 })
  return new Map(
    subjects.map((
      subject,
    ) => [
      subject,
      Object.fromEntries(Object.keys(REQUESTS).map((name) => [name, none()])) as Record<RequestName, Cost>,
    ]),
  )
}

/** One turn of one profile. */
export async function takeTurn (stage: Stage, { viewer }: Subject, costs: Record<RequestName, Cost>): Promise<void> {
  const { service: { origin } } = stage
  const token = await viewer.token(origin)
  const profile = `/v1/profiles/${viewer.profile}`
  const get = (path: string): Call => ({ method: 'GET', path: `${profile}${path}`, token })
  const start: Call = { method: 'POST', path: `${profile}/playback`, token, body: { itemId: stage.playing } }
  let positionMs = 20_000
  const event = (): object => {
    positionMs += 10
    return { positionMs, watchedMs: positionMs, at: new Date().toISOString() }
  }
  const stop = (stream: string): Call => ({
    method: 'POST',
    path: `${profile}/playback/${stream}/stop`,
    token,
    body: event(),
  })
  const measured = async (name: RequestName, work: () => Promise<Reply[]>): Promise<void> => {
    await measure(stage, costs[name], REQUESTS[name].times, work)
  }

  let stream = (await ask<{ streamId: string }>(origin, start)).streamId
  await measured(
    'heartbeat',
    async () => [await send(origin, { method: 'PUT', path: `${profile}/playback/${stream}`, token, body: event() })],
  )
  await measured('stopAndStart', async () => {
    const stopped = await send(origin, stop(stream))
    const started = await send(origin, start)
    stream = (JSON.parse(started.bytes.toString()) as { streamId: string }).streamId
    return [stopped, started]
  })
  await ask(origin, stop(stream))
  await measured('continueWatching', async () => [await send(origin, get(`/continue-watching?limit=${PAGE}`))])
  await measured(
    'fullContinueWatching',
    async () => [await send(origin, get(`/continue-watching?limit=${DEFAULT_PAGE}`))],
  )
  await measured('history', async () => [await send(origin, get(`/history?limit=${PAGE}`))])
  const { nextCursor } = await ask<{ nextCursor: string | null }>(origin, get('/history?limit=1'))
  if (nextCursor !== null) {
    await measured('nextHistory', async () => [await send(origin, get(`/history?limit=${PAGE}&cursor=${nextCursor}`))])
  }
  await measured('whereWasI', async () => [await send(origin, get(`/progress/${stage.firstWatched}`))])
  // The next turn finds the history as long as this one did.
  await Play.deleteMany({ profile: new Types.ObjectId(viewer.profile), title: new Types.ObjectId(stage.playing) })
}

async function measure (
  { service, databasePid }: Stage,
  cost: Cost,
  times: number,
  work: () => Promise<Reply[]>,
): Promise<void> {
  const before = { api: readCpuMs(service.pid), database: readCpuMs(databasePid) }
  for (let i = 0; i < times; i++) {
    const replies = await work()
    const refused = replies.find(({ status }) => status < 200 || status > 299)
    if (refused !== undefined) {
      throw new Error(`a measured request was answered ${refused.status}: ${refused.bytes.toString()}`)
    }
    cost.times.push(replies.reduce((sum, { ms }) => sum + ms, 0))
  }
  cost.apiCpuMs = added(cost.apiCpuMs, before.api, readCpuMs(service.pid))
  cost.databaseCpuMs = added(cost.databaseCpuMs, before.database, readCpuMs(databasePid))
}

function added (sum: number | null, before: number | null, after: number | null): number | null {
  return sum === null || before === null || after === null ? null : sum + after - before
}
