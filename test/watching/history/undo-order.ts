// Actions of a new profile, and their undos in any order.
import type { Test } from 'tap'
import { startApp } from '../../support/app.js'
import { addMovie, addShow } from '../../support/catalogue.js'
import type { TestClock } from '../../support/clock.js'
import { signUp, signUpAdmin, type TestUser } from '../../support/users.js'
import type { FastifyInstance } from 'fastify'

export interface UndoScene {
  app: FastifyInstance
  clock: TestClock
  movie: string
  show: string
  episodes: readonly string[]
}

export async function buildUndoScene (t: Test): Promise<UndoScene> {
  const { app, clock } = await startApp(t)
  const admin = await signUpAdmin(app)
  const { id: show, episodes } = await addShow(app, admin)
  return { app, clock, show, episodes, movie: await addMovie(app, admin) }
}

/** A profile; each request is a second after the one before. */
export interface UndoActor {
  scene: UndoScene
  user: TestUser
  /** Reports a new play, or a further event of the play with the same number. */
  plays(itemId: string, positionMs: number, playNumber?: number, at?: string): Promise<void>
  /** Sends a request that can be undone and returns its token. */
  put(path: string, body?: unknown): Promise<string>
  remove(path: string): Promise<string>
  newestPlay(): Promise<string | null>
  undo(token: string): Promise<void>
  /** Reads everything that the API shows of the watch state; IDs of plays differ between profiles. */
  readState(): Promise<unknown>
}

const toPlayId = (playNumber: number): string => `b9c7a4de-36b5-4c9f-9a4f-${playNumber.toString().padStart(12, '0')}`

export async function createUndoActor (scene: UndoScene): Promise<UndoActor> {
  const { app, clock, movie, show, episodes } = scene
  const user = await signUp(app)
  const base = `/v1/profiles/${user.profileId}`
  let plays = 0
  const expectStatus = async (
    expected: number,
    response: Promise<{ status: number, body: any }>,
  ): Promise<any> => {
    clock.advance(1_000)
    const { status, body } = await response
    if (status !== expected) throw new Error(`${status}: ${JSON.stringify(body)}`)
    return body
  }
  const get = async (path: string): Promise<any> => (await user.get(`${base}/${path}`)).body
  return {
    scene,
    user,
    async plays (itemId, positionMs, playNumber = ++plays, at = clock.now().toISOString()) {
      await expectStatus(
        200,
        user.put(`${base}/progress/${itemId}`, {
          positionMs,
          watchedMs: positionMs,
          at,
          eventId: at,
          playId: toPlayId(playNumber),
        }),
      )
    },
    put: async (path, body) => (await expectStatus(200, user.put(`${base}/${path}`, body))).undo,
    remove: async (path) => (await expectStatus(200, user.delete(`${base}/${path}`))).undo,
    newestPlay: async () => (await get('history')).items[0]?.id ?? null,
    undo: async (token) => {
      await expectStatus(204, user.post(`${base}/undo/${token}`))
    },
    readState: async () => {
      const state = {
        history: await get('history?limit=100'),
        titles: await get('history?group=title'),
        cards: await get('continue-watching'),
        hidden: await get('continue-watching/hidden'),
        progress: await Promise.all([movie, ...episodes].map(async (id) => await get(`progress/${id}`))),
        shows: await get(`progress/${show}`),
      }
      return JSON.parse(
        JSON.stringify(
          state,
          (name, value) => ['requestId', 'playId', 'cursor', 'nextCursor'].includes(name) ? undefined : value,
        ),
      )
    },
  }
}
