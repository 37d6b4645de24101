// Measures the heartbeats of players at a process that serves the API, first alone, then beside a worker that encodes.
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Types } from 'mongoose'
import { findEncodingJob, type StoredEncodingJob } from '../../models/encoding-job.js'
import { listSteps } from '../../src/media/encoding/steps/step-state.js'
import type { Cleanup } from '../cleanup.js'
import { runStep } from '../command.js'
import { runOpenLoop } from '../peers/load.js'
import { createServiceTokens } from '../peers/service-tokens.js'
import { createStreams, HEARTBEAT_INTERVAL_MS, type Streams } from '../peers/streams.js'
import { SIGNING_KEYS } from '../peers/targets.js'
import { DURATION_MS } from '../peers/test-data.js'
import { readRss } from '../process-usage.js'
import { startService, type Service } from '../service.js'
import { signUpUser, type User } from '../users.js'
import { createMovie, makeLongFilm, uploadFile } from './masters.js'

const SAMPLE_INTERVAL_MS = 100
/** Longer than any encoding: an abort ends the heartbeats. */
const MAX_ENCODING_MS = 24 * 3_600_000

export interface HeartbeatOptions {
  readonly databaseUri: string
  readonly dataDir: string
  readonly ffmpegPath: string
  readonly master: string
  readonly players: number
  readonly calmSeconds: number
}

/** One phase of the measurement. */
export interface Phase {
  /** From the time at which each heartbeat was due, ms. */
  readonly latenciesMs: readonly number[]
  /** Largest memory of the API process, bytes; null if unknown. */
  readonly rssMax: number | null
}

export interface HeartbeatRun {
  readonly players: number
  readonly calm: Phase
  readonly encoding: Phase
}

/** The master is uploaded before the calm phase, and waits: the upload itself is not compared with calm. */
export async function measureHeartbeats (cleanup: Cleanup, options: HeartbeatOptions): Promise<HeartbeatRun> {
  const { databaseUri, dataDir, players, calmSeconds } = options
  const start = async (role: 'api' | 'worker'): Promise<Service> =>
    await startService(cleanup, databaseUri, dataDir, { ROLE: role, SIGNING_KEYS })
  const api = await start('api')
  const { streams, jobId } = await runStep('Start the players', async () => await preparePlayers(api.origin, options))
  const measure = async (durationMs: number, signal?: AbortSignal): Promise<Phase> =>
    await measurePhase(api, streams, durationMs, signal)
  // The first heartbeats compile the code.
  await measure(HEARTBEAT_INTERVAL_MS)
  const calm = await runStep('Heartbeats, calm', async () => await measure(calmSeconds * 1_000))
  const worker = await start('worker')
  await waitForJob(jobId, ({ state }) => state !== 'waiting')
  const encoding = await runStep(`Heartbeats while a worker encodes, ${players} players`, async () => {
    const ended = new AbortController()
    const [phase] = await Promise.all([
      measure(MAX_ENCODING_MS, ended.signal),
      waitForJob(jobId, areStepsDone).finally(() => {
        ended.abort()
      }),
    ])
    return phase
  })
  await worker.stop()
  await api.stop()
  return { players, calm, encoding }
}

/** Starts a stream of a film of 90 minutes for each player, and uploads the master, which waits for a worker. */
async function preparePlayers (
  origin: string,
  { dataDir, ffmpegPath, master, players: count }: HeartbeatOptions,
): Promise<{ readonly streams: Streams, readonly jobId: string }> {
  const film = path.join(dataDir, 'film.mp4')
  await makeLongFilm(ffmpegPath, film, DURATION_MS / 1_000)
  const token = await (await signUpUser(origin, 'admin')).token(origin)
  const filmId = await createMovie(origin, token, 'Solaris')
  await uploadFile(origin, token, filmId, film, 'video')
  const jobId = await uploadFile(origin, token, await createMovie(origin, token, 'Metropolis'), master, 'master')
  const users: User[] = []
  for (let i = 0; i < count; i++) users.push(await signUpUser(origin))
  const data = {
    households: users.map(({ account, session, profile }) => ({ id: account, session, profiles: [{ id: profile }] })),
    movies: [{ item: new Types.ObjectId(filmId) }],
  }
  const streams = createStreams(data, await createServiceTokens(), count)
  await streams.keepLive(origin)
  return { streams, jobId }
}

/** Each player sends a heartbeat every 10 s; all together send at equal intervals. */
async function measurePhase (
  { origin, pid }: Service,
  streams: Streams,
  durationMs: number,
  signal?: AbortSignal,
): Promise<Phase> {
  let rssMax = readRss(pid)
  const timer = setInterval(() => {
    rssMax = Math.max(rssMax ?? 0, readRss(pid) ?? 0)
  }, SAMPLE_INTERVAL_MS)
  try {
    const { latenciesMs } = await runOpenLoop(origin, 'heartbeat each 10 s', {
      isExpected: ({ expiresAt }: { expiresAt: string }) => expiresAt !== '',
      request: (n) => streams.heartbeat(n, false),
    }, {
      durationMs,
      count: Math.ceil(streams.count * durationMs / HEARTBEAT_INTERVAL_MS),
      ...(signal === undefined ? {} : { signal }),
    })
    return { latenciesMs, rssMax }
  } finally {
    clearInterval(timer)
  }
}

async function areStepsDone ({ _id, state }: StoredEncodingJob): Promise<boolean> {
  if (state !== 'done') return false
  const steps = await listSteps([_id])
  const failed = steps.find((step) => step.state === 'failed')
  if (failed !== undefined) throw new Error(`A step failed: ${failed.failure?.text ?? 'no reason'}`)
  return steps.every((step) => step.state === 'done')
}

/** Reads the job from the database: the API process receives heartbeats only. */
async function waitForJob (
  jobId: string,
  isReached: (job: StoredEncodingJob) => boolean | Promise<boolean>,
): Promise<void> {
  for (;;) {
    const job = await findEncodingJob(jobId)
    if (job === null || job.state === 'failed' || job.state === 'cancelled') {
      throw new Error(`The job is ${job?.state ?? 'missing'}: ${job?.failure?.text ?? 'no reason'}`)
    }
    if (await isReached(job)) return
    await sleep(SAMPLE_INTERVAL_MS)
  }
}
