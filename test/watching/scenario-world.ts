// The catalogue and the two apps of the scenarios.
import type { FastifyInstance } from 'fastify'
import { Types } from 'mongoose'
import type { Test } from 'tap'
import { Media } from '../../models/media.js'
import { initialHlsState } from '../../src/media/packaging/packaging-state.js'
import { containerOf, startApp } from '../support/app.js'
import { createManualClock, type TestClock } from '../support/clock.js'
import { signUpAdmin } from '../support/users.js'
import type { ModelItem } from './reference-plays.js'

export interface World {
  apps: FastifyInstance[]
  clock: TestClock
  items: ModelItem[]
  titles: string[]
}

/** Adds a media file without bytes, which is enough to start a playback. */
async function addFile (item: string, title: string, durationMs: number): Promise<void> {
  await Media.create({
    _id: new Types.ObjectId(item),
    title: new Types.ObjectId(title),
    season: null,
    episode: null,
    files: [],
  })
  await Media.updateOne({ _id: item }, {
    $push: {
      files: {
        _id: new Types.ObjectId(),
        state: 'ready',
        storageKey: `x/${item}`,
        contentType: 'video/mp4',
        width: 640,
        height: 360,
        durationMs,
        sizeBytes: 1,
        sha256: '0',
        createdAt: new Date(),
        hls: initialHlsState(),
      },
    },
  })
}

export async function buildWorld (t: Test): Promise<World> {
  const clock = createManualClock()
  const first = await startApp(t, {}, undefined, clock)
  const admin = await signUpAdmin(first.app)
  const items: ModelItem[] = []
  const movie = (await admin.post('/v1/admin/movies', { title: 'The Matrix' })).body.id
  items.push({ id: movie, title: movie, durationMs: 60_000, creditsStartMs: null, orderIndex: null, isSpecial: false })
  const show = (await admin.post('/v1/admin/shows', {
    title: 'Fawlty Towers',
    seasons: [
      {
        number: 0,
        episodes: [{ number: 1, title: 'Outtakes' }, {
          number: 2,
          title: 'Revisited',
          placedAfter: { season: 1, episode: 2 },
        }],
      },
      {
        number: 1,
        episodes: [{ number: 1, title: 'A Touch of Class' }, {
          number: 2,
          title: 'The Builders',
          markers: { creditsStartMs: 40_000 },
        }],
      },
      { number: 2, episodes: [{ number: 1, title: 'Communication Problems' }] },
    ],
  })).body.id
  const episodes: Array<[season: number, index: number, orderIndex: number | null]> = [
    [1, 0, 0],
    [1, 1, 1],
    [0, 1, 2],
    [2, 0, 3],
    [0, 0, null],
  ]
  for (const [season, index, orderIndex] of episodes) {
    const { id } = (await admin.get(`/v1/shows/${show}/seasons/${season}`)).body.episodes[index]
    items.push({
      id,
      title: show,
      durationMs: 50_000,
      creditsStartMs: orderIndex === 1 ? 40_000 : null,
      orderIndex,
      isSpecial: season === 0,
    })
  }
  for (const { id, title, durationMs } of items) await addFile(id, title, durationMs)
  for (const title of [movie, show]) await containerOf(first.app).catalogue.reloadTitle(title)
  const second = await startApp(
    t,
    {
      SIGNING_KEYS: first.config.signingKeys.map(({ kid, secret }) => `${kid}:${secret}`).join(','),
      PASSWORD_PEPPER: first.config.passwordPepper,
    },
    first.databaseUri,
    clock,
  )
  return { apps: [first.app, second.app], clock, items, titles: [movie, show] }
}
