// Adds movies, shows and media files through the API.
import type { FastifyInstance } from 'fastify'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { call } from './requests.js'
import type { TestUser } from './users.js'

/** Resolution and audio language of a demo clip of 60 s. */
export type Clip = '480p-en' | '1080p-en' | '1080p-es' | '2160p-en'

export function clipBytes (clip: Clip): Buffer {
  return readFileSync(path.resolve('src', 'demo', 'clips', `clip-${clip}.mp4`))
}

/** Uploads a clip as a media file of a movie or episode and returns the media file. */
export async function uploadClip (
  app: FastifyInstance,
  admin: TestUser,
  itemUrl: string,
  clip: Clip,
  query = '',
): Promise<{ id: string }> {
  const { status, body } = await call(app, 'POST', `/v1/admin/${itemUrl}/media${query}`, {
    token: admin.token,
    body: clipBytes(clip),
    headers: { 'content-type': 'video/mp4' },
  })
  if (status !== 201) throw new Error(`The upload returned ${status}: ${JSON.stringify(body)}`)
  return body
}

/** Adds a movie with clips and returns its ID. */
export async function addMovie (
  app: FastifyInstance,
  admin: TestUser,
  fields: Record<string, unknown> = {},
  clips: readonly Clip[] = ['480p-en'],
): Promise<string> {
  const { body, status } = await admin.post('/v1/admin/movies', {
    title: 'The Matrix',
    releaseDate: '1999-03-31',
    genres: ['Science Fiction'],
    maturityRating: 'R',
    ...fields,
  })
  if (status !== 201) throw new Error(JSON.stringify(body))
  for (const clip of clips) await uploadClip(app, admin, `movies/${body.id}`, clip)
  return body.id
}

export interface TestShow {
  readonly id: string
  /** IDs of the regular episodes in order. */
  readonly episodes: string[]
}

/** Adds a show with two seasons of two episodes and a special. Every regular episode gets the clips. */
export async function addShow (
  app: FastifyInstance,
  admin: TestUser,
  fields: Record<string, unknown> = {},
  clips: readonly Clip[] = ['480p-en'],
): Promise<TestShow> {
  const { body, status } = await admin.post('/v1/admin/shows', {
    title: 'Fawlty Towers',
    genres: ['Comedy'],
    maturityRating: 'TV-PG',
    seasons: [
      { number: 0, title: 'Specials', episodes: [{ number: 1, title: 'Fawlty Towers Revisited' }] },
      {
        number: 1,
        episodes: [
          { number: 1, title: 'A Touch of Class', airDate: '1975-09-19' },
          { number: 2, title: 'The Builders', airDate: '1975-09-26' },
        ],
      },
      {
        number: 2,
        episodes: [
          { number: 1, title: 'Communication Problems', airDate: '1979-02-19' },
          { number: 2, title: 'The Psychiatrist', airDate: '1979-02-26' },
        ],
      },
    ],
    ...fields,
  })
  if (status !== 201) throw new Error(JSON.stringify(body))
  const episodes: string[] = []
  for (const season of [1, 2]) {
    const response = await admin.get(`/v1/shows/${body.id}/seasons/${season}`)
    for (const episode of response.body?.episodes ?? []) {
      episodes.push(episode.id)
      for (const clip of clips) {
        await uploadClip(app, admin, `shows/${body.id}/seasons/${season}/episodes/${episode.number}`, clip)
      }
    }
  }
  return { id: body.id, episodes }
}
