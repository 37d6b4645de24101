// Reads HLS playlists and renditions as players do.
import { ALL_FORMATS, BufferSource, Input } from 'mediabunny'
import { Parser, type Manifest } from 'm3u8-parser'
import type { Test } from 'tap'
import type { FastifyInstance } from 'fastify'
import { containerOf } from './app.js'
import { call, type TestResponse } from './requests.js'

export function parse (text: string): Manifest {
  const parser = new Parser()
  parser.push(text)
  parser.end()
  return parser.manifest
}

export async function get (
  app: FastifyInstance,
  url: string,
  headers: Record<string, string> = {},
): Promise<TestResponse> {
  return await call(app, 'GET', url, { headers })
}

export async function readPlaylist (
  app: FastifyInstance,
  t: Test,
  url: string,
): Promise<{ manifest: Manifest, text: string }> {
  const response = await get(app, url)
  t.equal(response.status, 200)
  t.equal(response.headers['content-type'], 'application/vnd.apple.mpegurl')
  const text = response.bytes.toString()
  return { manifest: parse(text), text }
}

/** Resolves a URI in a playlist. */
export const resolve = (uri: string, from: string): string =>
  new URL(uri, `http://x${from}`).href.slice('http://x'.length)

/** Headers of the request for a part of a file; none for a whole file. */
export function rangeHeaders (byterange: { offset: number, length: number } | undefined): Record<string, string> {
  return byterange === undefined
    ? {}
    : { range: `bytes=${byterange.offset}-${byterange.offset + byterange.length - 1}` }
}

/** Fetches a rendition by the URLs and byte ranges in its playlist. */
export async function fetchRendition (
  app: FastifyInstance,
  t: Test,
  url: string,
): Promise<{ bytes: Buffer, seconds: number, manifest: Manifest }> {
  const { manifest } = await readPlaylist(app, t, url)
  const segments = manifest.segments!
  const map = segments[0]!.map!
  const parts: Buffer[] = []
  for (const { uri, byterange } of [map, ...segments]) {
    const response = await get(app, resolve(uri, url), rangeHeaders(byterange))
    t.equal(response.status, byterange === undefined ? 200 : 206)
    if (byterange !== undefined && response.bytes.length !== byterange.length) {
      t.fail(`${response.bytes.length} bytes instead of ${byterange.length}`)
    }
    parts.push(response.bytes)
  }
  return { bytes: Buffer.concat(parts), seconds: segments.reduce((sum, { duration }) => sum + duration, 0), manifest }
}

export interface FoundTracks {
  readonly seconds: number
  readonly startSeconds: number
  readonly tracks: string[]
  readonly codecs: string[]
}

export async function readTracks (bytes: Buffer): Promise<FoundTracks> {
  const input = new Input({ source: new BufferSource(bytes), formats: ALL_FORMATS })
  const tracks = await input.getTracks()
  const codecs = await Promise.all(tracks.map(async (track) => await track.getCodecParameterString() ?? ''))
  const seconds = await input.computeDuration()
  const startSeconds = await input.getFirstTimestamp()
  input.dispose()
  return { seconds, startSeconds, tracks: tracks.map(({ type }) => type), codecs }
}

export async function packageAll (app: FastifyInstance): Promise<void> {
  await containerOf(app).packaging.processPending()
  await containerOf(app).packaging.onIdle()
}
