// Generates the master of the ingest benchmark, and a film that players watch meanwhile.
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { promisify } from 'node:util'
import { requestJson } from '../service.js'

const run = promisify(execFile)
const QUIET = ['-nostdin', '-loglevel', 'error']

export interface MasterSize {
  readonly seconds: number
  /** Lines. */
  readonly height: number
}

/** Moving detail with noise, as a camera records it. */
export async function makeMaster (ffmpegPath: string, file: string, { seconds, height }: MasterSize): Promise<void> {
  const width = Math.round(height * 8 / 9) * 2
  await run(ffmpegPath, [
    ...[...QUIET, '-f', 'lavfi', '-i'],
    `testsrc2=size=${width}x${height}:rate=25:duration=${seconds},noise=alls=2:allf=t`,
    ...['-f', 'lavfi', '-i', `sine=frequency=440:duration=${seconds}`, '-c:v', 'libx264', '-preset', 'ultrafast'],
    ...['-crf', '12', '-pix_fmt', 'yuv420p', '-c:a', 'aac', '-y', file],
  ])
}

/** A picture that rarely changes: only its duration matters. */
export async function makeLongFilm (ffmpegPath: string, file: string, seconds: number): Promise<void> {
  await run(ffmpegPath, [
    ...[...QUIET, '-f', 'lavfi', '-i', `color=size=128x72:rate=1:duration=${seconds}`],
    ...['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p', '-g', '4', '-y', file],
  ])
}

/** @returns ID of the movie */
export async function createMovie (origin: string, token: string, title: string): Promise<string> {
  const { id } = await requestJson<{ id: string }>(origin, {
    method: 'POST',
    path: '/v1/admin/movies',
    token,
    body: { title, genres: ['Science Fiction'] },
  })
  return id
}

/**
 * Uploads a file to a movie.
 * @param role of a master or of a media file
 * @returns ID of the encoding job or of the media file
 */
export async function uploadFile (
  origin: string,
  token: string,
  itemId: string,
  file: string,
  role: 'master' | 'video',
): Promise<string> {
  const query = role === 'master' ? '?role=master' : ''
  const { id } = await requestJson<{ id: string }>(origin, {
    method: 'POST',
    path: `/v1/admin/movies/${itemId}/media${query}`,
    token,
    body: readFileSync(file),
  })
  return id
}
