// Actions of a new account on one catalogue, and a description of its continue watching cards.
import type { FastifyInstance } from 'fastify'
import type { Test } from 'tap'
import { startApp } from '../../support/app.js'
import { addMovie, addShow, uploadClip } from '../../support/catalogue.js'
import type { TestClock } from '../../support/clock.js'
import { watch } from '../../support/playback.js'
import { signUp, signUpAdmin, type TestUser } from '../../support/users.js'

export const DAY_MS = 86_400_000
/** Duration of the clips. */
export const END_MS = 60_000

export interface Scene {
  app: FastifyInstance
  clock: TestClock
  admin: TestUser
  show: string
  movie: string
  episodes: Map<string, string>
}

/** The actions of a case. Items are `movie`, `show`, or episodes like `s1e2`. */
export interface Actor extends Scene {
  kim: TestUser
  /** Watches an item from its resume position to another position. */
  watches(what: string, positionMs?: number, watchedMs?: number): Promise<void>
  /** Reports an event of an offline device. */
  reports(what: string, positionMs: number, msAgo: number, watchedMs?: number): Promise<void>
  put(path: string, body?: unknown): Promise<any>
  remove(path: string): Promise<any>
  undo(response: any): Promise<void>
}

function itemId (scene: Scene, what: string): string {
  if (what === 'movie') return scene.movie
  if (what === 'show') return scene.show
  const id = scene.episodes.get(what)
  if (id === undefined) throw new Error(`there is no ${what}`)
  return id
}

export async function createActor (scene: Scene, plan: 'basic' | 'premium' = 'premium'): Promise<Actor> {
  const kim = await signUp(scene.app, { plan })
  const base = `/v1/profiles/${kim.profileId}`
  const ok = async (response: Promise<{ status: number, body: any }>): Promise<any> => {
    const { status, body } = await response
    if (status >= 300) throw new Error(`${status}: ${JSON.stringify(body)}`)
    return body
  }
  return {
    ...scene,
    kim,
    async watches (what, positionMs = END_MS, watchedMs = positionMs) {
      scene.clock.advance(1_000)
      const { status } = await watch(kim, scene.clock, itemId(scene, what), positionMs, watchedMs)
      if (status !== 200) throw new Error(`stopping failed with ${status}`)
      scene.clock.advance(1_000)
    },
    async reports (what, positionMs, msAgo, watchedMs = positionMs) {
      const at = new Date(scene.clock.now().getTime() - msAgo).toISOString()
      await ok(kim.put(`${base}/progress/${itemId(scene, what)}`, { positionMs, watchedMs, at }))
    },
    put: async (path, body) => await ok(kim.put(`${base}/${path}`, body)),
    remove: async (path) => await ok(kim.delete(`${base}/${path}`)),
    undo: async ({ undo }) => {
      await ok(kim.post(`${base}/undo/${undo}`))
    },
  }
}

/** Describes the cards: `resume s1e2 20000`, `next s2e1, pass 2, skipped 1, waiting no-media`. */
export async function describeCards ({ kim, episodes, movie, show }: Actor): Promise<string> {
  const names = new Map([[movie, 'movie'], ...[...episodes].map(([name, id]) => [id, name] as const)])
  const { body } = await kim.get(`/v1/profiles/${kim.profileId}/continue-watching`)
  const cards = (body.items as any[]).filter(({ title }) => [movie, show].includes(title.id))
  return cards.map((card) =>
    [
      `${card.kind} ${names.get(card.item.id) ?? card.item.title}${
        card.kind === 'resume' ? ` ${card.positionMs}` : ''
      }`,
      ...(card.pass > 1 ? [`pass ${card.pass}`] : []),
      ...(card.skippedBefore > 0 ? [`skipped ${card.skippedBefore}`] : []),
      ...(card.waiting === null
        ? []
        : [`waiting ${card.waiting.code}${card.waiting.from === null ? '' : ` ${card.waiting.from}`}`]),
    ].join(', ')
  ).join(' | ')
}

/** Starts an app with a movie and a show. */
export async function buildScene (t: Test): Promise<Scene> {
  const { app, clock } = await startApp(t)
  const admin = await signUpAdmin(app)
  const { id: show, episodes: [a = '', b = '', c = '', d = ''] } = await addShow(app, admin)
  const movie = await addMovie(app, admin)
  const special = (await admin.get(`/v1/shows/${show}/seasons/0`)).body.episodes[0].id
  await uploadClip(app, admin, `shows/${show}/seasons/0/episodes/1`, '480p-en')
  return {
    app,
    clock,
    admin,
    show,
    movie,
    episodes: new Map([['s1e1', a], ['s1e2', b], ['s2e1', c], ['s2e2', d], ['s0e1', special]]),
  }
}

const EPISODES = ['s1e1', 's1e2', 's2e1', 's2e2']
export const watchAll = async ({ watches }: Actor): Promise<void> => {
  for (const episode of EPISODES) await watches(episode)
}
