// What the tests of exporting and importing histories share.
import type { FastifyInstance } from 'fastify'
import { startApp, type TestApp } from '../support/app.js'
import { addMovie, addShow, type TestShow } from '../support/catalogue.js'
import { watch } from '../support/playback.js'
import { call, type TestResponse } from '../support/requests.js'
import { signUp, signUpAdmin, type TestUser } from '../support/users.js'
import type { Test } from 'tap'

export const exportUrl = (profileId: string, query = ''): string => `/v1/profiles/${profileId}/history/export${query}`
export const importUrl = (profileId: string, query = ''): string => `/v1/profiles/${profileId}/history/import${query}`

export async function exportHistory (kim: TestUser, profileId = kim.profileId): Promise<any> {
  return (await kim.get(exportUrl(profileId))).body
}

export async function importJson (
  kim: TestUser,
  file: unknown,
  query = '',
  profileId = kim.profileId,
): Promise<TestResponse> {
  return await kim.post(importUrl(profileId, query), file)
}

export async function importNetflixCsv (
  app: FastifyInstance,
  kim: TestUser,
  csv: string | Buffer,
  query = '',
  profileId = kim.profileId,
): Promise<TestResponse> {
  return await call(app, 'POST', importUrl(profileId, `?format=netflix${query}`), {
    token: kim.token,
    body: csv,
    headers: { 'content-type': 'text/csv' },
  })
}

export interface WatchState {
  readonly history: Array<Record<string, unknown>>
  readonly cards: any[]
}

/** Reads the history, without the IDs of plays, and continue watching. */
export async function readWatchState (kim: TestUser, profileId = kim.profileId): Promise<WatchState> {
  const history = (await kim.get(`/v1/profiles/${profileId}/history?limit=100`)).body.items as Array<
    Record<string, unknown>
  >
  const cards = (await kim.get(`/v1/profiles/${profileId}/continue-watching?limit=100`)).body.items
  return { history: history.map((one): Record<string, unknown> => ({ ...one, id: null })), cards }
}

export interface TransferScene extends TestApp {
  readonly admin: TestUser
  readonly show: TestShow
  readonly movie: string
  /** Signs up a person with five plays. */
  signUpWithHistory(): Promise<TestUser>
}

/** Starts an app with The Matrix and Fawlty Towers. */
export async function startTransferApp (t: Test): Promise<TransferScene> {
  const testApp = await startApp(t)
  const { app, clock } = testApp
  const admin = await signUpAdmin(app)
  const show = await addShow(app, admin)
  const [first = '', second = '', third = ''] = show.episodes
  const movie = await addMovie(app, admin, { externalIds: { imdb: 'tt0133093' } })
  return {
    ...testApp,
    admin,
    show,
    movie,
    async signUpWithHistory () {
      const kim = await signUp(app)
      await watch(kim, clock, first, 58_000)
      await watch(kim, clock, movie, 34_567, 30_001)
      await watch(kim, clock, second, 58_000)
      await watch(kim, clock, second, 12_345)
      await kim.put(`/v1/profiles/${kim.profileId}/progress/${third}`, {
        positionMs: 20_000,
        at: '2020-02-03T04:05:06.789Z',
        eventId: 'tie',
      })
      return kim
    },
  }
}
