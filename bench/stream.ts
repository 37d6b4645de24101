// Measures the delivery of media files: many clients request random ranges of one movie from the service, from nginx
// and from plain Node.js with the same file, and from nginx in front of the service, in turns. Prints a table; a low
// ratio does not fail the command.
import { Command } from 'commander'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { request } from 'node:http'
import { availableParallelism } from 'node:os'
import path from 'node:path'
import { Readable } from 'node:stream'
import { json } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import { fileURLToPath } from 'node:url'
import { Media, type StoredMedia } from '../models/media.js'
import { findNginx, NO_NGINX, startNginx } from '../test/support/nginx.js'
import type { Cleanup } from './cleanup.js'
import { parsePositiveInteger, runBenchmark, runStep } from './command.js'
import { connectToDatabase, openEnvironment, type Environment } from './environment.js'
import { forkServer } from './forked-server.js'
import { formatMs, formatRatio, formatTable } from './measurements.js'
import { readChildPids, readCpuMs, readRss } from './process-usage.js'
import { requestRanges, type Load, type MovieFile } from './range-clients.js'
import { requestJson, startService } from './service.js'
import { signUpUser, type User } from './users.js'

const CLIP = fileURLToPath(new URL('../../src/demo/clips/clip-480p-en.mp4', import.meta.url))
const PLAIN_SERVER = fileURLToPath(new URL('./plain-file-server.js', import.meta.url))
const MIB = 1024 ** 2
/** The size of an MP4 box has 32 bits. */
const MAX_SIZE_MIB = 4_095
const X_ACCEL_PREFIX = '/protected-media'
/** A stream lease expires after one minute. */
const HEARTBEAT_INTERVAL_MS = 10_000
const MEMORY_SAMPLE_INTERVAL_MS = 100

interface Options {
  readonly size: number
  readonly readers: number
  readonly range: number
  readonly rounds: number
  readonly seconds: number
  readonly mongodbUri?: string
}

const program = new Command('bench:stream')
  .description('Measures the throughput and memory of media delivery for many clients, compared with nginx.')
  .option('--size <MiB>', 'size of the movie', parsePositiveInteger, 512)
  .option('--readers <n>', 'number of parallel clients', parsePositiveInteger, 64)
  .option('--range <KiB>', 'size of each range', parsePositiveInteger, 1_024)
  .option('--rounds <n>', 'number of iterations', parsePositiveInteger, 5)
  .option('--seconds <n>', 'duration of a measurement', parsePositiveInteger, 3)
  .option('--mongodb-uri <uri>', 'existing MongoDB server; the database is dropped at the end')

/** Yields a clip that a `free` box extends to a size. Parsers skip such a box (ISO/IEC 14496-12, 8.1.2). */
function* generateMovie (clip: Buffer, sizeBytes: number): Generator<Buffer> {
  yield clip
  const boxHeader = Buffer.alloc(8)
  boxHeader.writeUInt32BE(sizeBytes - clip.length)
  boxHeader.write('free', 4, 'latin1')
  yield boxHeader
  const chunk = Buffer.alloc(MIB)
  for (let rest = sizeBytes - clip.length - boxHeader.length; rest > 0; rest -= chunk.length) {
    yield chunk.subarray(0, Math.min(rest, chunk.length))
  }
}

/** Creates a movie with a generated file. @returns the ID of the movie */
async function uploadMovie (cleanup: Cleanup, { database, dataDir }: Environment, sizeBytes: number): Promise<string> {
  const { origin, stop } = await startService(cleanup, database.uri, dataDir)
  const token = await (await signUpUser(origin, 'admin')).token(origin)
  const { id } = await requestJson<{ id: string }>(origin, {
    method: 'POST',
    path: '/v1/admin/movies',
    token,
    body: { title: 'The Matrix', genres: ['Science Fiction'] },
  })
  const outgoing = request(`${origin}/v1/admin/movies/${id}/media`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'video/mp4', 'content-length': sizeBytes },
  })
  const responded = once(outgoing, 'response')
  await pipeline(Readable.from(generateMovie(readFileSync(CLIP), sizeBytes)), outgoing)
  const [incoming] = await responded
  if (incoming.statusCode !== 201) throw new Error(`The upload failed: ${JSON.stringify(await json(incoming))}`)
  incoming.resume()
  await stop()
  return id
}

/** A movie with an active stream. */
interface ActivePlayback {
  /** Path and query of the signed URL. */
  readonly path: string
  readonly storageKey: string
}

/** Starts playback and sends heartbeats until the clean-up. */
async function startPlayback (cleanup: Cleanup, origin: string, user: User, movie: string): Promise<ActivePlayback> {
  const playbackPath = `/v1/profiles/${user.profile}/playback`
  const { streamId, url } = await requestJson<{ streamId: string, url: string }>(origin, {
    method: 'POST',
    path: playbackPath,
    token: await user.token(origin),
    body: { itemId: movie },
  })
  async function sendHeartbeat (): Promise<void> {
    await requestJson(origin, {
      method: 'PUT',
      path: `${playbackPath}/${streamId}`,
      token: await user.token(origin),
      body: { positionMs: 0, at: new Date().toISOString() },
    })
  }
  const timer = setInterval(() => {
    sendHeartbeat().catch((error: unknown) => {
      console.error(error)
    })
  }, HEARTBEAT_INTERVAL_MS)
  cleanup.add(() => {
    clearInterval(timer)
  })
  const media = await Media.findById(movie).lean<StoredMedia>()
  return { path: url, storageKey: media?.files[0]?.storageKey ?? '' }
}

interface Target {
  readonly name: string
  readonly file: MovieFile
  /** Processes that take part in sending. */
  readonly pids: ReadonlyArray<number | null>
}
interface Measurement {
  readonly mbPerSecond: number
  readonly requestsPerSecond: number
  /** CPU time of all processes of the target for a range, ms; null when it cannot be read. */
  readonly cpuMsPerRequest: number | null
}
/** Memory of the service in bytes. */
interface MemoryUsage {
  readonly before: number | null
  /** Peak of each measurement. */
  readonly peaks: number[]
  after: number | null
  sentBytes: number
}

/** Measures the throughput of a target. @param memory records the memory of the process; null for other targets */
async function measureTarget (
  { file, pids }: Target,
  load: Load,
  pid: number | null,
  memory: MemoryUsage | null,
): Promise<Measurement> {
  let peak = 0
  const timer = setInterval(() => {
    peak = Math.max(peak, readRss(pid) ?? 0)
  }, MEMORY_SAMPLE_INTERVAL_MS)
  const cpuBefore = readCpu(pids)
  const { bytes, requests, durationMs } = await requestRanges(file, load).finally(() => {
    clearInterval(timer)
  })
  const cpuAfter = readCpu(pids)
  if (memory !== null) {
    memory.peaks.push(peak)
    memory.sentBytes += bytes
  }
  return {
    mbPerSecond: bytes / 1e3 / durationMs,
    requestsPerSecond: requests * 1e3 / durationMs,
    cpuMsPerRequest: cpuBefore === null || cpuAfter === null ? null : (cpuAfter - cpuBefore) / requests,
  }
}

/** CPU time of all processes, ms; null if one cannot be read. */
function readCpu (pids: Target['pids']): number | null {
  return pids.map(readCpuMs).reduce((sum, ms) => sum === null || ms === null ? null : sum + ms, 0)
}

function median (values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  return sorted.length % 2 === 1 ? sorted[middle] ?? NaN : ((sorted[middle - 1] ?? NaN) + (sorted[middle] ?? NaN)) / 2
}

const medianCpu = (measurements: readonly Measurement[]): number =>
  median(measurements.map(({ cpuMsPerRequest }) => cpuMsPerRequest ?? NaN))

/** Formats the results. Ratios compare measurements of the same iteration. */
function formatResults (
  targets: readonly Target[],
  measurements: ReadonlyMap<Target, readonly Measurement[]>,
): string {
  const [base] = targets
  const baseMeasurements = base === undefined ? [] : measurements.get(base) ?? []
  const rows = targets.map((target) => {
    const own = measurements.get(target) ?? []
    const ratios = own.map(({ mbPerSecond }, i) => mbPerSecond / (baseMeasurements[i]?.mbPerSecond ?? NaN))
    const speeds = own.map(({ mbPerSecond }) => mbPerSecond)
    return [
      target.name,
      median(speeds).toFixed(0),
      `${Math.min(...speeds).toFixed(0)}–${Math.max(...speeds).toFixed(0)}`,
      median(own.map(({ requestsPerSecond }) => requestsPerSecond)).toFixed(0),
      formatRatio(median(ratios)),
      formatMs(medianCpu(own)),
      formatRatio(medianCpu(own) / medianCpu(baseMeasurements)),
    ]
  })
  const versus = `vs. ${base?.name ?? ''}`
  return formatTable(['sender', 'median MB/s', 'min–max', 'ranges/s', versus, 'CPU ms a range', versus], rows)
}

function formatMemory ({ before, peaks, after, sentBytes }: MemoryUsage): string {
  if (before === null || after === null) return 'Memory: not available on this system.'
  const toMib = (bytes: number): string => (bytes / MIB).toFixed(0)
  return `Memory of the service (RSS): ${toMib(before)} MiB before, peaks of ${peaks.map(toMib).join(', ')} MiB, ` +
    `${toMib(after)} MiB after ${(sentBytes / 1e9).toFixed(1)} GB.`
}

async function measure (cleanup: Cleanup, options: Options): Promise<void> {
  const { size, readers: clients, range, rounds: iterations, seconds, mongodbUri } = options
  if (size > MAX_SIZE_MIB || range * 1_024 >= size * MIB) {
    program.error(`error: the maximum size of the movie is ${MAX_SIZE_MIB} MiB, and a range must be smaller than it.`)
  }
  const environment = await openEnvironment(cleanup, mongodbUri ?? null)
  const { dataDir, database } = environment
  await connectToDatabase(cleanup, database)
  const sizeBytes = size * MIB
  const movie = await runStep(
    `Upload a movie of ${size} MiB`,
    async () => await uploadMovie(cleanup, environment, sizeBytes),
  )
  const service = await runStep('Start the service', async () => await startService(cleanup, database.uri, dataDir))
  const playback = await startPlayback(cleanup, service.origin, await signUpUser(service.origin), movie)
  const normflix: Target = {
    name: 'NormFlix',
    file: { url: service.origin + playback.path, sizeBytes },
    pids: [service.pid],
  }
  const nginxTargets = await startNginxTargets(cleanup, environment, playback, sizeBytes)
  const plain = await startPlainServer(cleanup, environment, playback, sizeBytes)
  const targets = nginxTargets === null
    ? [normflix, plain]
    : [nginxTargets.nginx, normflix, plain, nginxTargets.offloaded]

  const load = { clients, rangeBytes: range * 1_024, durationMs: seconds * 1_000 }
  const memory: MemoryUsage = { before: readRss(service.pid), peaks: [], after: null, sentBytes: 0 }
  const measurements = new Map<Target, Measurement[]>(targets.map((target) => [target, []]))
  await runStep('Measure', async (progress) => {
    for (let iteration = 0; iteration <= iterations; iteration++) {
      for (const target of targets) {
        progress(`${iteration === 0 ? 'warm-up' : `iteration ${iteration} of ${iterations}`}, ${target.name}`)
        const measurement = await measureTarget(target, load, service.pid, target === normflix ? memory : null)
        if (iteration > 0) measurements.get(target)?.push(measurement)
      }
    }
  })
  memory.after = readRss(service.pid)
  console.log([
    `Node ${process.versions.node}, ${availableParallelism()} processors, ` +
    `clients on the same machine; ${clients} clients, ` +
    `ranges of ${range} KiB of a movie of ${size} MiB, ${iterations} iterations of ${seconds} s.`,
    nginxTargets === null ? `No comparison: ${NO_NGINX}.` : 'nginx has one worker, like NormFlix one process.',
    '',
    formatResults(targets, measurements),
    '',
    formatMemory(memory),
  ].join('\n'))
}

/** Starts nginx, and a service behind nginx that delegates delivery. @returns null if nginx is not installed */
async function startNginxTargets (
  cleanup: Cleanup,
  { database, dataDir }: Environment,
  playback: ActivePlayback,
  sizeBytes: number,
): Promise<{ nginx: Target, offloaded: Target } | null> {
  const binary = findNginx()
  if (binary === null) return null
  return await runStep('Start nginx and a service behind it', async () => {
    const service = await startService(cleanup, database.uri, dataDir, { X_ACCEL_REDIRECT_PREFIX: X_ACCEL_PREFIX })
    const nginx = await startNginx(binary, service.origin, path.join(dataDir, 'media'))
    cleanup.add(nginx.stop)
    const pids = nginx.pid === null ? [] : [nginx.pid, ...readChildPids(nginx.pid)]
    return {
      nginx: { name: 'nginx', file: { url: `${nginx.plainOrigin}/${playback.storageKey}`, sizeBytes }, pids },
      offloaded: {
        name: 'nginx for NormFlix',
        file: { url: nginx.origin + playback.path, sizeBytes },
        pids: [...pids, service.pid],
      },
    }
  })
}

/** Starts a server of the same file that does nothing else: what a process of Node.js can reach. */
async function startPlainServer (
  cleanup: Cleanup,
  { dataDir }: Environment,
  { storageKey }: ActivePlayback,
  sizeBytes: number,
): Promise<Target> {
  const { origin, pid } = await forkServer(cleanup, PLAIN_SERVER, [path.join(dataDir, 'media', storageKey)])
  return { name: 'plain Node.js', file: { url: `${origin}/`, sizeBytes }, pids: [pid ?? null] }
}

await runBenchmark(program, measure)
