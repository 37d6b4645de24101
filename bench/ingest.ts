// Measures the encoding of a master by the service, and by ffmpeg alone with the same settings in the same run: wall
// clock, CPU time, size and quality of each rendition, time to the first one, and memory of the service.
import { Command } from 'commander'
import { execFile } from 'node:child_process'
import { readFileSync, statSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { Media, type StoredMedia } from '../models/media.js'
import { DEFAULT_LADDER } from '../src/domain/encoding-ladder.js'
import { createEncoder } from '../src/media/encoding/encoder.js'
import { planEncoding, type EncodingPlan } from '../src/media/encoding/encoding-plan.js'
import { encodingArguments } from '../src/media/encoding/ffmpeg-arguments.js'
import { findPrograms } from '../src/media/encoding/find-programs.js'
import { readMasterInfo } from '../src/media/encoding/master-info.js'
import { mediaFolder } from '../src/storage/open-storage.js'
import type { Cleanup } from './cleanup.js'
import { parsePositiveInteger, runBenchmark, runStep } from './command.js'
import { connectToDatabase, openEnvironment } from './environment.js'
import { createQualityMeter } from './ingest-quality.js'
import { formatRatio, formatTable } from './measurements.js'
import { readChildrenCpuMs, readRss } from './process-usage.js'
import { requestJson, startService, type Service } from './service.js'
import { signUpUser } from './users.js'

const MIB = 1024 ** 2
const POLL_INTERVAL_MS = 100
const ENCODING = { encoder: 'libx264', vaapiDevice: '', ladder: DEFAULT_LADDER } as const
const PROGRAMS = {
  ffmpegPath: process.env['FFMPEG_PATH'] ?? null,
  ffprobePath: process.env['FFPROBE_PATH'] ?? null,
}

interface Options {
  readonly seconds: number
  readonly height: number
  readonly mongodbUri?: string
}

const program = new Command('bench:ingest')
  .description('Measures the encoding of a master by the service, compared with ffmpeg alone with the same settings.')
  .option('--seconds <n>', 'duration of the generated master', parsePositiveInteger, 20)
  .option('--height <n>', 'height of the generated master, lines', parsePositiveInteger, 1_080)
  .option('--mongodb-uri <uri>', 'existing MongoDB server; the database is dropped at the end')

interface Run {
  readonly seconds: number
  readonly cpuMs: number | null
}

/** Moving detail with noise, as a camera records it. */
async function makeMaster (ffmpegPath: string, file: string, { seconds, height }: Options): Promise<void> {
  const width = Math.round(height * 8 / 9) * 2
  await promisify(execFile)(ffmpegPath, [
    ...['-nostdin', '-loglevel', 'error', '-f', 'lavfi', '-i'],
    `testsrc2=size=${width}x${height}:rate=25:duration=${seconds},noise=alls=2:allf=t`,
    ...['-f', 'lavfi', '-i', `sine=frequency=440:duration=${seconds}`, '-c:v', 'libx264', '-preset', 'ultrafast'],
    ...['-crf', '12', '-pix_fmt', 'yuv420p', '-c:a', 'aac', '-y', file],
  ])
}

/** Encodes all renditions with one process, as the service does, and nothing else. */
async function encodePlainly (master: string, folder: string): Promise<Run & { readonly plan: EncodingPlan }> {
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
  const seconds = (performance.now() - startedAt) / 1_000
  return { plan, seconds, cpuMs: difference(cpuBefore, readChildrenCpuMs(process.pid)) }
}

const difference = (before: number | null, after: number | null): number | null =>
  before === null || after === null ? null : after - before

interface ServiceRun extends Run {
  /** Until the first rendition can be played. */
  readonly firstSeconds: number
  readonly rssBefore: number | null
  readonly rssMax: number | null
  readonly itemId: string
}

/** Uploads the master to a service and waits until all renditions are media files. */
async function encodeByService ({ origin, pid }: Service, master: string): Promise<ServiceRun> {
  const token = await (await signUpUser(origin, 'admin')).token(origin)
  const get = async <T>(url: string): Promise<T> => await requestJson<T>(origin, { method: 'GET', path: url, token })
  const { id: itemId } = await requestJson<{ id: string }>(origin, {
    method: 'POST',
    path: '/v1/admin/movies',
    token,
    body: { title: 'Metropolis', genres: ['Science Fiction'] },
  })
  const rssBefore = readRss(pid)
  const cpuBefore = readChildrenCpuMs(pid)
  const job = await requestJson<{ id: string }>(origin, {
    method: 'POST',
    path: `/v1/admin/movies/${itemId}/media?role=master`,
    token,
    body: readFileSync(master),
  })
  const startedAt = performance.now()
  const elapsed = (): number => (performance.now() - startedAt) / 1_000
  let firstSeconds: number | null = null
  let rssMax = readRss(pid)
  for (;;) {
    const { state, reason } = await get<{ state: string, reason: object | null }>(`/v1/admin/encoding-jobs/${job.id}`)
    const { mediaFiles } = await get<{ mediaFiles: unknown[] }>(`/v1/movies/${itemId}`)
    if (mediaFiles.length > 0) firstSeconds ??= elapsed()
    rssMax = Math.max(rssMax ?? 0, readRss(pid) ?? 0)
    if (state === 'done') break
    if (state !== 'waiting' && state !== 'running') throw new Error(`The job is ${state}: ${JSON.stringify(reason)}`)
    await sleep(POLL_INTERVAL_MS)
  }
  const seconds = elapsed()
  const cpuMs = difference(cpuBefore, readChildrenCpuMs(pid))
  return { seconds, firstSeconds: firstSeconds ?? seconds, cpuMs, rssBefore, rssMax, itemId }
}

async function measure (cleanup: Cleanup, options: Options): Promise<void> {
  const programs = await findPrograms(PROGRAMS)
  if (!programs.isAvailable) throw new Error(programs.reason)
  const { dataDir, database } = await openEnvironment(cleanup, options.mongodbUri ?? null)
  await connectToDatabase(cleanup, database)
  const master = path.join(dataDir, 'master.mkv')
  await runStep('Make the master', async () => {
    await makeMaster(programs.ffmpegPath, master, options)
  })
  const folder = path.join(dataDir, 'plain')
  await mkdir(folder)
  const plain = await runStep('ffmpeg alone', async () => await encodePlainly(master, folder))
  const serviceDir = path.join(dataDir, 'service')
  const service = await startService(cleanup, database.uri, serviceDir)
  const run = await runStep('Service', async () => await encodeByService(service, master))
  const meter = await createQualityMeter(programs.ffmpegPath)
  const rows = await runStep(meter.name, async (progress) => {
    const { files } = await Media.findById(run.itemId).lean<StoredMedia>() ?? { files: [] }
    const measured: string[][] = []
    for (const { height, sizeBytes, storageKey } of files.toSorted((a, b) => (b.height ?? 0) - (a.height ?? 0))) {
      progress(`${height ?? '?'}p`)
      const quality = await meter.measure(master, path.join(mediaFolder(serviceDir), storageKey))
      const perMinute = sizeBytes / (options.seconds / 60) / MIB
      measured.push([`${height ?? '?'}p`, perMinute.toFixed(1), quality.toFixed(4)])
    }
    return measured
  })
  await service.stop()
  const toCells = (name: string, { seconds, cpuMs }: Run, others: readonly string[]): string[] => [
    name,
    seconds.toFixed(1),
    cpuMs === null ? 'n/a' : (cpuMs / 60_000 / (options.seconds / 60)).toFixed(2),
    ...others,
  ]
  const toMib = (bytes: number | null): string => bytes === null ? 'n/a' : (bytes / MIB).toFixed(0)
  const { size } = statSync(master)
  console.log([
    `Node ${process.versions.node}, ffmpeg ${programs.version}, ${availableParallelism()} processors, ` +
    `master of ${options.seconds} s, ${options.height} lines, ${(size / MIB).toFixed(1)} MiB.`,
    '',
    formatTable([
      'encoded by',
      'seconds',
      'CPU min per film min',
      'first rendition after s',
      'RSS MiB',
      'while encoding',
    ], [
      toCells('ffmpeg alone', plain, ['', '', '']),
      toCells('the service', run, [run.firstSeconds.toFixed(1), toMib(run.rssBefore), toMib(run.rssMax)]),
    ]),
    '',
    `The service took ${formatRatio(run.seconds / plain.seconds)} of the time of ffmpeg alone.`,
    '',
    formatTable(['rendition', 'MiB per film minute', meter.name], rows),
  ].join('\n'))
}

await runBenchmark(program, measure)
