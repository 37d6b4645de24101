// Shows what the bytes of films cost: many players read random ranges of one film through a signed address, next to nginx
// with the same file, in turns. Prints a table; a ratio is for people to judge, and fails nothing.
import { Command } from 'commander'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { request } from 'node:http'
import { cpus } from 'node:os'
import path from 'node:path'
import { Readable } from 'node:stream'
import { json } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import { fileURLToPath } from 'node:url'
import { Media, type StoredMedia } from '../models/media.js'
import { findNginx, NO_NGINX, startNginx } from '../test/nginx.js'
import type { Cleanup } from './cleanup.js'
import { runBenchmark, step, wholeNumber } from './command.js'
import { signUp, type Viewer } from './users.js'
import { readRss } from './process-memory.js'
import { readTogether, type Film, type Load } from './readers.js'
import { ask, startService } from './service.js'
import { connectSetting, openSetting } from './environment.js'
import { drawTable } from './table.js'

const CLIP = fileURLToPath(new URL('../../src/demo/clips/clip-480p-en.mp4', import.meta.url))
const MIB = 1024 ** 2
/** A box of MP4 says its size in 32 bits. */
const MAX_SIZE_MIB = 4_095
const X_ACCEL_PREFIX = '/protected-media'
/** A lease lasts a minute. */
const HEARTBEAT_EVERY_MS = 10_000
const LOOK_AT_MEMORY_EVERY_MS = 100

interface Options {
  readonly size: number
  readonly readers: number
  readonly range: number
  readonly rounds: number
  readonly seconds: number
  readonly mongodbUri?: string
}

const program = new Command('bench:stream')
  .description(
    'Measures how fast films are read by many players at once, next to nginx with the same file, and what memory that takes.',
  )
  .option('--size <MiB>', 'size of the film', wholeNumber, 512)
  .option('--readers <n>', 'how many read at once', wholeNumber, 64)
  .option('--range <KiB>', 'how much each asks for at a time', wholeNumber, 1_024)
  .option('--rounds <n>', 'how often each server has its turn', wholeNumber, 5)
  .option('--seconds <n>', 'how long a turn is', wholeNumber, 3)
  .option('--mongodb-uri <uri>', 'measure on this MongoDB, in a database of its own that is dropped afterwards')

/** A clip made as long as wanted by a box that every reader of MP4 skips (ISO/IEC 14496-12, 8.1.2). */
function* filmOf (clip: Buffer, sizeBytes: number): Generator<Buffer> {
  yield clip
  const box = Buffer.alloc(8)
  box.writeUInt32BE(sizeBytes - clip.length)
  box.write('free', 4, 'latin1')
  yield box
  const chunk = Buffer.alloc(MIB)
  for (let missing = sizeBytes - clip.length - box.length; missing > 0; missing -= chunk.length) {
    yield chunk.subarray(0, Math.min(missing, chunk.length))
  }
}

async function upload (origin: string, token: string, movie: string, sizeBytes: number): Promise<void> {
  const outgoing = request(`${origin}/v1/admin/movies/${movie}/media`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'video/mp4', 'content-length': sizeBytes },
  })
  const answered = once(outgoing, 'response')
  await pipeline(Readable.from(filmOf(readFileSync(CLIP), sizeBytes)), outgoing)
  const [incoming] = await answered
  if (incoming.statusCode !== 201) throw new Error(`the upload was refused: ${JSON.stringify(await json(incoming))}`)
  incoming.resume()
}

/** A film that is being watched. */
interface Playing {
  readonly path: string
  readonly storageKey: string
}

async function startPlaying (cleanup: Cleanup, origin: string, viewer: Viewer, movie: string): Promise<Playing> {
  const playback = `/v1/profiles/${viewer.profile}/playback`
  const started = await ask<{ streamId: string, url: string }>(origin, {
    method: 'POST',
    path: playback,
    token: await viewer.token(origin),
    body: { itemId: movie },
  })
  const timer = setInterval(() => {
    const at = new Date().toISOString()
    viewer.token(origin).then(async (token) =>
      await ask(origin, { method: 'PUT', path: `${playback}/${started.streamId}`, token, body: { positionMs: 0, at } })
    )
      .catch((error: unknown) => {
        console.error(error)
      })
  }, HEARTBEAT_EVERY_MS)
  cleanup.add(() => {
    clearInterval(timer)
  })
  const media = await Media.findById(movie).lean<StoredMedia>()
  return { path: started.url, storageKey: media?.files[0]?.storageKey ?? '' }
}

interface Target {
  readonly name: string
  readonly film: Film
}
interface Turn {
  readonly mbPerSecond: number
  readonly requestsPerSecond: number
}
interface Memory {
  readonly before: number | null
  readonly most: number[]
  after: number | null
  sentBytes: number
}

/** One turn; looks at the memory of our process meanwhile. */
async function takeTurn ({ film }: Target, load: Load, pid: number | null, memory: Memory): Promise<Turn> {
  let most = 0
  const timer = setInterval(() => {
    most = Math.max(most, readRss(pid) ?? 0)
  }, LOOK_AT_MEMORY_EVERY_MS)
  const { bytes, requests, ms } = await readTogether(film, load).finally(() => {
    clearInterval(timer)
  })
  memory.most.push(most)
  memory.sentBytes += bytes
  return { mbPerSecond: bytes / 1e3 / ms, requestsPerSecond: requests * 1e3 / ms }
}

function median (values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  return sorted.length % 2 === 1 ? sorted[middle] ?? NaN : ((sorted[middle - 1] ?? NaN) + (sorted[middle] ?? NaN)) / 2
}

/** Ratios are of turns in the same round. */
function toTable (targets: readonly Target[], turns: ReadonlyMap<Target, readonly Turn[]>): string {
  const [base] = targets
  const baseTurns = base === undefined ? [] : turns.get(base) ?? []
  const lines = targets.map((target) => {
    const own = turns.get(target) ?? []
    const ratios = own.map(({ mbPerSecond }, i) => mbPerSecond / (baseTurns[i]?.mbPerSecond ?? NaN))
    const speeds = own.map(({ mbPerSecond }) => mbPerSecond)
    return [
      target.name,
      median(speeds).toFixed(0),
      `${Math.min(...speeds).toFixed(0)}–${Math.max(...speeds).toFixed(0)}`,
      median(own.map(({ requestsPerSecond }) => requestsPerSecond)).toFixed(0),
      `${median(ratios).toFixed(2)}x`,
    ]
  })
  const head = ['sent by', 'median MB/s', 'from–to', 'ranges/s', `to ${base?.name ?? ''}`]
  return drawTable(head, lines)
}

function toMemoryLine ({ before, most, after, sentBytes }: Memory): string {
  if (before === null || after === null) return 'Memory: this system does not tell.'
  const inMib = (bytes: number): string => `${(bytes / MIB).toFixed(0)} MiB`
  return `Memory of our process (RSS): ${inMib(before)} before, at most ${
    most.map((bytes) => (bytes / MIB).toFixed(0)).join(', ')
  } MiB in its turns, ${inMib(after)} after; it sent ${(sentBytes / 1e9).toFixed(1)} GB.`
}

async function measure (
  cleanup: Cleanup,
  { size, readers, range, rounds, seconds, mongodbUri }: Options,
): Promise<void> {
  if (size > MAX_SIZE_MIB || range * 1_024 >= size * MIB) {
    program.error(`error: a film has at most ${MAX_SIZE_MIB} MiB, and a range is smaller than it.`)
  }
  const setting = await openSetting(cleanup, mongodbUri ?? null)
  const { dataDir, database } = setting
  await connectSetting(cleanup, setting)
  const sizeBytes = size * MIB
  const movie = await step(`A film of ${size} MiB`, async () => {
    const { origin, stop } = await startService(cleanup, database.uri, dataDir)
    const token = await (await signUp(origin, 'admin')).token(origin)
    const { id } = await ask<{ id: string }>(origin, {
      method: 'POST',
      path: '/v1/admin/movies',
      token,
      body: { title: 'The Matrix', genres: ['Science Fiction'] },
    })
    await upload(origin, token, id, sizeBytes)
    await stop()
    return id
  })
  const service = await step('Service', async () => await startService(cleanup, database.uri, dataDir))
  const playing = await startPlaying(cleanup, service.origin, await signUp(service.origin), movie)
  const ours: Target = { name: 'NormFlix', film: { url: service.origin + playing.path, sizeBytes } }
  const others = await startOthers(cleanup, database.uri, dataDir, playing, sizeBytes)
  const targets = others === null ? [ours] : [others.nginx, ours, others.offloaded]

  const load = { readers, rangeBytes: range * 1_024, ms: seconds * 1_000 }
  const memory: Memory = { before: readRss(service.pid), most: [], after: null, sentBytes: 0 }
  const turns = new Map<Target, Turn[]>(targets.map((target) => [target, []]))
  await step('Measuring', async (progress) => {
    for (let round = 0; round <= rounds; round++) {
      for (const target of targets) {
        progress(`${round === 0 ? 'warming up' : `round ${round} of ${rounds}`}, ${target.name}`)
        const turn = await takeTurn(
          target,
          load,
          service.pid,
          target === ours ? memory : { before: null, most: [], after: null, sentBytes: 0 },
        )
        if (round > 0) turns.get(target)?.push(turn)
      }
    }
  })
  memory.after = readRss(service.pid)
  console.log([
    `Node ${process.versions.node}, ${cpus().length} processors, readers on the same machine; ${readers} readers, ranges of ${range} KiB of a film of ${size} MiB, ${rounds} rounds of ${seconds} s each.`,
    ...(others === null
      ? [`${NO_NGINX}: there is nothing to compare with.`]
      : ['nginx has one worker, as NormFlix has one process.']),
    '',
    toTable(targets, turns),
    '',
    toMemoryLine(memory),
  ].join('\n'))
}

/** nginx by itself, and nginx in front of a service that leaves the bytes to it; null when there is no nginx. */
async function startOthers (
  cleanup: Cleanup,
  databaseUri: string,
  dataDir: string,
  { path: address, storageKey }: Playing,
  sizeBytes: number,
): Promise<{ nginx: Target, offloaded: Target } | null> {
  const binary = findNginx()
  if (binary === null) return null
  return await step('nginx, and a service behind it', async () => {
    const service = await startService(cleanup, databaseUri, dataDir, { X_ACCEL_REDIRECT_PREFIX: X_ACCEL_PREFIX })
    const nginx = await startNginx(binary, service.origin, path.join(dataDir, 'media'))
    cleanup.add(nginx.stop)
    return {
      nginx: { name: 'nginx', film: { url: `${nginx.plainOrigin}/${storageKey}`, sizeBytes } },
      offloaded: { name: 'nginx for NormFlix', film: { url: nginx.origin + address, sizeBytes } },
    }
  })
}

await runBenchmark(program, measure)
