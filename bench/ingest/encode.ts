// Encodes a master by ffmpeg alone and by the service, with the same settings.
import { setTimeout as sleep } from 'node:timers/promises'
import { DEFAULT_LADDER } from '../../src/domain/encoding-ladder.js'
import { createEncoder } from '../../src/media/encoding/encoder.js'
import { planEncoding, type EncodingPlan } from '../../src/media/encoding/encoding-plan.js'
import { encodingArguments } from '../../src/media/encoding/ffmpeg-arguments.js'
import { readMasterInfo } from '../../src/media/encoding/master-info.js'
import { readChildrenCpuMs, readRss } from '../process-usage.js'
import { requestJson, type Service } from '../service.js'
import { signUpUser } from '../users.js'
import { createMovie, uploadFile } from './masters.js'

const POLL_INTERVAL_MS = 100
const ENCODING = { encoder: 'libx264', vaapiDevice: '', ladder: DEFAULT_LADDER } as const
export const PROGRAMS = {
  ffmpegPath: process.env['FFMPEG_PATH'] ?? null,
  ffprobePath: process.env['FFPROBE_PATH'] ?? null,
}

export interface Run {
  /** Until all renditions are complete. */
  readonly ladderSeconds: number
  /** CPU time of the processes that were started for it. */
  readonly cpuMs: number | null
}

export interface PlainRun extends Run {
  readonly plan: EncodingPlan
}

/** Encodes all renditions with one process, as the service does, and nothing else. */
export async function encodePlainly (master: string, folder: string): Promise<PlainRun> {
  const encoder = createEncoder(PROGRAMS)
  const probed = await encoder.probe(master)
  const result = readMasterInfo(probed.ok ? probed.output : '')
  if (!result.ok) throw new Error(result.reason)
  const plan = planEncoding(result.info, DEFAULT_LADDER)
  const cpuBefore = readChildrenCpuMs(process.pid)
  const startedAt = performance.now()
  const encoded = await encoder.encode(encodingArguments(plan, master, ENCODING), {
    folder,
    durationMs: plan.durationMs,
  })
  if (!encoded.ok) throw new Error(encoded.logTail)
  const ladderSeconds = (performance.now() - startedAt) / 1_000
  return { plan, ladderSeconds, cpuMs: difference(cpuBefore, readChildrenCpuMs(process.pid)) }
}

const difference = (before: number | null, after: number | null): number | null =>
  before === null || after === null ? null : after - before

export interface ServiceRun extends Run {
  /** Until the first rendition can be played. */
  readonly firstSeconds: number
  /** Until the job and its steps are done, with thumbnails and pictures. */
  readonly doneSeconds: number
  readonly rssBefore: number | null
  readonly rssMax: number | null
  readonly itemId: string
}

interface SeenJob {
  readonly state: string
  readonly reason: object | null
  readonly steps: ReadonlyArray<{ readonly state: string }>
}

interface Seen {
  readonly mediaFiles: ReadonlyArray<{ readonly height: number | null }>
}

/** Uploads the master to a service and waits until the job and its steps are done. */
export async function encodeByService (
  { origin, pid }: Service,
  master: string,
  { rungs }: EncodingPlan,
): Promise<ServiceRun> {
  const token = await (await signUpUser(origin, 'admin')).token(origin)
  const get = async <T>(url: string): Promise<T> => await requestJson<T>(origin, { method: 'GET', path: url, token })
  const itemId = await createMovie(origin, token, 'Metropolis')
  const rssBefore = readRss(pid)
  const cpuBefore = readChildrenCpuMs(pid)
  const jobId = await uploadFile(origin, token, itemId, master, 'master')
  const startedAt = performance.now()
  const elapsed = (): number => (performance.now() - startedAt) / 1_000
  let firstSeconds: number | null = null
  let ladderSeconds: number | null = null
  let rssMax = readRss(pid)
  for (;;) {
    const { state, reason, steps } = await get<SeenJob>(`/v1/admin/encoding-jobs/${jobId}`)
    const { mediaFiles } = await get<Seen>(`/v1/movies/${itemId}`)
    const seenSeconds = elapsed()
    if (mediaFiles.length > 0) firstSeconds ??= seenSeconds
    const isComplete = rungs.every(({ pictureHeight }) => mediaFiles.some(({ height }) => height === pictureHeight))
    if (isComplete) ladderSeconds ??= seenSeconds
    rssMax = Math.max(rssMax ?? 0, readRss(pid) ?? 0)
    const failed = steps.find((step) => step.state === 'failed')
    if (failed !== undefined) throw new Error(`A step failed: ${JSON.stringify(failed)}`)
    if (state === 'done' && steps.every((step) => step.state === 'done')) break
    if (state !== 'done' && state !== 'waiting' && state !== 'running') {
      throw new Error(`The job is ${state}: ${JSON.stringify(reason)}`)
    }
    await sleep(POLL_INTERVAL_MS)
  }
  if (firstSeconds === null || ladderSeconds === null) throw new Error('The job is done, but renditions are missing.')
  const cpuMs = difference(cpuBefore, readChildrenCpuMs(pid))
  return { ladderSeconds, doneSeconds: elapsed(), firstSeconds, cpuMs, rssBefore, rssMax, itemId }
}
