// Seasons for tests of the detection: generated episodes with music of their own and music that they share.
import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import type { FastifyInstance } from 'fastify'
import { call } from '../../support/requests.js'
import type { TestUser } from '../../support/users.js'
import { makeFile } from '../encoding/programs.js'

const SAMPLE_RATE = 11_025
const VIDEO = 'testsrc=size=64x36:rate=5'

/** Seconds of each part, and the seeds of their music. */
export interface EpisodePlan {
  readonly beforeIntro: number
  readonly film: number
  /** The intro of 25 s; episodes with the same seed share it. */
  readonly introSeed: number
  readonly creditsSeed: number
  readonly filmSeed: number
  /** Begins with so much silence. */
  readonly silence?: number
  /** Black frames so long before the music of the credits. */
  readonly blackBefore?: number
  /** Silence so long before and after the intro. */
  readonly pauses?: readonly [before: number, after: number]
  /** Black frames so long before and after the intro. */
  readonly blackAroundIntro?: number
}

export const INTRO_SECONDS = 25
export const CREDITS_SECONDS = 30

/** Numbers from 0 to 1 that a seed determines (a linear congruential generator). */
function createRandom (seed: number): () => number {
  let state = seed
  return () => (state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32) / 2 ** 32
}

/** Chords of three notes with overtones, of different lengths, as a seed determines. */
function composeMusic (seed: number, seconds: number): Int16Array {
  const random = createRandom(seed)
  const samples = new Int16Array(Math.round(seconds * SAMPLE_RATE))
  for (let i = 0; i < samples.length;) {
    const end = Math.min(samples.length, i + Math.round((0.2 + 0.4 * random()) * SAMPLE_RATE))
    const notes = [0, 1, 2].map(() => 2 * Math.PI * 110 * 2 ** (Math.floor(random() * 36) / 12) / SAMPLE_RATE)
    for (let k = 0; i < end; k++, i++) {
      const volume = Math.min(1, k / 200) * Math.exp(-2 * k / SAMPLE_RATE) * 5_000
      samples[i] = notes.reduce((sum, note) => sum + Math.sin(note * k) + 0.4 * Math.sin(2 * note * k), 0) * volume
    }
  }
  return samples
}

export const introStartOf = ({ silence = 0, beforeIntro, pauses = [0, 0] }: EpisodePlan): number =>
  silence + beforeIntro + pauses[0]

export const durationOf = (plan: EpisodePlan): number =>
  introStartOf(plan) + INTRO_SECONDS + (plan.pauses?.[1] ?? 0) + plan.film + CREDITS_SECONDS

/** @returns seconds from the start */
function listBlackParts (plan: EpisodePlan): Array<readonly [start: number, end: number]> {
  const { blackBefore = 0, blackAroundIntro = 0 } = plan
  const [creditsStart, introStart] = [durationOf(plan) - CREDITS_SECONDS, introStartOf(plan)]
  const introEnd = introStart + INTRO_SECONDS
  const parts = [
    [creditsStart - blackBefore, creditsStart],
    [introStart - blackAroundIntro, introStart],
    [introEnd, introEnd + blackAroundIntro],
  ] as const
  return parts.filter(([start, end]) => end > start)
}

/** Makes an MP4 file of an episode. @returns its bytes */
export async function makeEpisode (folder: string, name: string, plan: EpisodePlan): Promise<Buffer> {
  const { silence = 0, beforeIntro, film, introSeed, creditsSeed, filmSeed, pauses = [0, 0] } = plan
  const composeSilence = (seconds: number): Int16Array => new Int16Array(Math.round(seconds * SAMPLE_RATE))
  const parts = [
    composeSilence(silence),
    composeMusic(filmSeed, beforeIntro),
    composeSilence(pauses[0]),
    composeMusic(introSeed, INTRO_SECONDS),
    composeSilence(pauses[1]),
    composeMusic(filmSeed + 1, film),
    composeMusic(creditsSeed, CREDITS_SECONDS),
  ]
  writeFileSync(path.join(folder, 'audio.pcm'), Buffer.concat(parts.map(({ buffer }) => Buffer.from(buffer))))
  const black = listBlackParts(plan).map(([start, end]) =>
    `drawbox=color=black:t=fill:enable='between(t,${start},${end})'`
  )
  await makeFile(folder, [
    ...['-f', 's16le', '-ar', String(SAMPLE_RATE), '-ac', '1', '-i', 'audio.pcm'],
    ...['-f', 'lavfi', '-i', `${VIDEO}:duration=${durationOf(plan)}`, '-map', '1:v', '-map', '0:a'],
    ...(black.length === 0 ? [] : ['-vf', black.join(',')]),
    ...['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p', '-c:a', 'aac', '-b:a', '96k', '-ar', '48000'],
    ...['-shortest', name],
  ])
  return readFileSync(path.join(folder, name))
}

/** Three short episodes with a common intro and a common end. */
export const SHORT_SEASON: readonly EpisodePlan[] = [0, 3.4, 8.9].map((beforeIntro, i) => ({
  beforeIntro,
  film: 50 + i,
  introSeed: 900,
  creditsSeed: 901,
  filmSeed: 10 * (i + 1),
}))

/** Adds a show with the files of its first season. @returns its ID */
export async function uploadSeason (app: FastifyInstance, admin: TestUser, files: readonly Buffer[]): Promise<string> {
  const episodes = files.map((_file, i) => ({ number: i + 1, title: `Episode ${i + 1}` }))
  const { body: { id } } = await admin.post('/v1/admin/shows', { title: 'A show', seasons: [{ number: 1, episodes }] })
  for (const i of files.keys()) await uploadEpisode(app, admin, id, i + 1, files[i] as Buffer)
  return id as string
}

/** Adds a file to an episode of the first season. */
export async function uploadEpisode (
  app: FastifyInstance,
  admin: TestUser,
  show: string,
  episode: number,
  body: Buffer,
): Promise<void> {
  const url = `/v1/admin/shows/${show}/seasons/1/episodes/${episode}/media`
  const { status } = await call(app, 'POST', url, {
    token: admin.token,
    body,
    headers: { 'content-type': 'video/mp4' },
  })
  if (status !== 201) throw new Error(`The upload of an episode returned ${status}.`)
}
