// Continue watching as viewers know it: each case is a story told over HTTP, and what the list, the button and playback say
// at its end. Every case begins with a new account on a catalogue that all of them share.
import type { FastifyInstance } from 'fastify'
import t from 'tap'
import {
  addMovie,
  addShow,
  call,
  play,
  signUp,
  signUpAdmin,
  startApp,
  upload,
  watch,
  type Person,
  type TestClock,
} from '../../helper.js'

const DAY_MS = 86_400_000
/** Clips last a minute. */
const END = 60_000

interface Scene {
  app: FastifyInstance
  clock: TestClock
  admin: Person
  show: string
  movie: string
  episodes: Map<string, string>
}

/** What a viewer does, in the words of the cases. */
interface Viewer extends Scene {
  kim: Person
  /** Watches from where it stands to a place. */
  sees(what: string, positionMs?: number, watchedMs?: number): Promise<void>
  /** A report from a device that was offline, of some time ago. */
  reports(what: string, positionMs: number, ago: number, watchedMs?: number): Promise<void>
  put(path: string, body?: unknown): Promise<any>
  drop(path: string): Promise<any>
  undo(answer: any): Promise<void>
}

function idOf (scene: Scene, what: string): string {
  if (what === 'movie') return scene.movie
  if (what === 'show') return scene.show
  const id = scene.episodes.get(what)
  if (id === undefined) throw new Error(`there is no ${what}`)
  return id
}

async function viewer (scene: Scene, plan: 'basic' | 'premium' = 'premium'): Promise<Viewer> {
  const kim = await signUp(scene.app, { plan })
  const base = `/v1/profiles/${kim.profileId}`
  const ok = async (answer: Promise<{ status: number, body: any }>): Promise<any> => {
    const { status, body } = await answer
    if (status >= 300) throw new Error(`${status}: ${JSON.stringify(body)}`)
    return body
  }
  return {
    ...scene,
    kim,
    async sees (what, positionMs = END, watchedMs = positionMs) {
      scene.clock.advance(1_000)
      const { status } = await watch(kim, scene.clock, idOf(scene, what), positionMs, watchedMs)
      if (status !== 200) throw new Error(`watching answered ${status}`)
      scene.clock.advance(1_000)
    },
    async reports (what, positionMs, ago, watchedMs = positionMs) {
      const at = new Date(scene.clock.now().getTime() - ago).toISOString()
      await ok(kim.put(`${base}/progress/${idOf(scene, what)}`, { positionMs, watchedMs, at }))
    },
    put: async (path, body) => await ok(kim.put(`${base}/${path}`, body)),
    drop: async (path) => await ok(kim.delete(`${base}/${path}`)),
    undo: async ({ undo }) => {
      await ok(kim.post(`${base}/undo/${undo}`))
    },
  }
}

/** The cards in words: `resume s1e2 20000`, `next s2e1`, with what is remarkable about them. */
async function told ({ kim, episodes, movie, show }: Viewer): Promise<string> {
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

async function buildScene (): Promise<Scene> {
  const { app, clock } = await startApp(t)
  const admin = await signUpAdmin(app)
  const { id: show, episodes: [a = '', b = '', c = '', d = ''] } = await addShow(app, admin)
  const movie = await addMovie(app, admin)
  const special = (await admin.get(`/v1/shows/${show}/seasons/0`)).body.episodes[0].id
  await upload(app, admin, `shows/${show}/seasons/0/episodes/1`, '480p-en')
  return {
    app,
    clock,
    admin,
    show,
    movie,
    episodes: new Map([['s1e1', a], ['s1e2', b], ['s2e1', c], ['s2e2', d], ['s0e1', special]]),
  }
}

type Case = [name: string, story: (viewer: Viewer) => Promise<void>, expected: string]

const ALL = ['s1e1', 's1e2', 's2e1', 's2e2']
const seesAll = async ({ sees }: Viewer): Promise<void> => {
  for (const episode of ALL) await sees(episode)
}

const CASES: Case[] = [
  ['nothing was watched', async () => {}, ''],
  ['a movie half-seen', async ({ sees }) => {
    await sees('movie', 23_456)
  }, 'resume movie 23456'],
  ['a movie finished', async ({ sees }) => {
    await sees('movie')
  }, ''],
  ['a movie left in its credits', async ({ sees }) => {
    await sees('movie', 55_000)
  }, ''],
  ['a movie skipped to its end', async ({ sees }) => {
    await sees('movie', 59_500, 3_000)
  }, ''],
  ['a movie opened for a moment', async ({ sees }) => {
    await sees('movie', 500)
  }, ''],
  ['a movie opened far in and closed at once', async ({ sees }) => {
    await sees('movie', 30_000, 100)
  }, ''],
  ['a movie half-seen, then rewound', async ({ sees }) => {
    await sees('movie', 30_000)
    await sees('movie', 4_000, 500)
  }, 'resume movie 4000'],
  ['a movie and a show: the newest first', async ({ sees }) => {
    await sees('s1e1', 20_000)
    await sees('movie', 10_000)
  }, 'resume movie 10000 | resume s1e1 20000'],
  ['an episode half-seen', async ({ sees }) => {
    await sees('s1e1', 20_000)
  }, 'resume s1e1 20000'],
  ['an episode finished', async ({ sees }) => {
    await sees('s1e1')
  }, 'next s1e2'],
  ['a season finished', async ({ sees }) => {
    await sees('s1e1')
    await sees('s1e2')
  }, 'next s2e1'],
  ['a show caught up on', seesAll, ''],
  ['begun in the middle: what is before is told', async ({ sees }) => {
    await sees('s2e1')
  }, 'next s2e2, skipped 2'],
  ['an episode skipped', async ({ sees }) => {
    await sees('s1e1')
    await sees('s2e1', 20_000)
  }, 'resume s2e1 20000, skipped 1'],
  ['the skipped one seen after all', async ({ sees }) => {
    await sees('s1e1')
    await sees('s2e1')
    await sees('s1e2')
  }, 'next s2e1'],
  ['an old episode seen again', async ({ sees }) => {
    await sees('s1e1')
    await sees('s1e2')
    await sees('s1e1')
  }, 'next s1e2'],
  ['finished, then opened again for a moment', async ({ sees }) => {
    await sees('s1e1')
    await sees('s1e1', 300)
  }, 'next s1e2'],
  ['one half-seen, another one finished since', async ({ sees }) => {
    await sees('s1e1', 20_000)
    await sees('s1e2')
  }, 'next s2e1, skipped 1'],
  ['a special without a place changes nothing about the next', async ({ sees }) => {
    await sees('s1e1')
    await sees('s0e1')
  }, 'next s1e2'],
  ['a special half-seen is resumed', async ({ sees }) => {
    await sees('s1e1')
    await sees('s0e1', 20_000)
  }, 'resume s0e1 20000'],
  ['half of it over two sittings counts as watched', async ({ sees }) => {
    await sees('s1e1', 25_000)
    await sees('s1e1', 58_000, 10_000)
  }, 'next s1e2'],
  ['played privately', async (v) => {
    const { body } = await play(v.kim, v.movie, { private: true })
    await v.kim.post(`/v1/profiles/${v.kim.profileId}/playback/${body.streamId}/stop`, {
      positionMs: 30_000,
      watchedMs: 30_000,
      at: v.clock.now().toISOString(),
    })
  }, ''],
  ['half-seen, then played on privately: the old place stays', async (v) => {
    await v.sees('movie', 20_000)
    const { body } = await play(v.kim, v.movie, { private: true })
    await v.kim.post(`/v1/profiles/${v.kim.profileId}/playback/${body.streamId}/stop`, {
      positionMs: 40_000,
      watchedMs: 20_000,
      at: v.clock.now().toISOString(),
    })
  }, 'resume movie 20000'],
  ['the client died: its last heartbeat counts', async (v) => {
    const { body } = await play(v.kim, v.movie)
    v.clock.advance(10_000)
    await v.kim.put(`/v1/profiles/${v.kim.profileId}/playback/${body.streamId}`, {
      positionMs: 9_876,
      watchedMs: 9_000,
      at: v.clock.now().toISOString(),
    })
    v.clock.advance(120_000)
  }, 'resume movie 9876'],
  ['an offline report that comes late moves nothing back', async ({ sees, reports }) => {
    await sees('movie', 40_000)
    await reports('movie', 10_000, 2 * DAY_MS)
  }, 'resume movie 40000'],
  ['an offline report of a later episode, from before', async ({ sees, reports }) => {
    await sees('s1e1', 20_000)
    await reports('s1e2', END, DAY_MS)
  }, 'resume s1e1 20000'],
  ['offline reports in the wrong order', async ({ reports }) => {
    await reports('s1e2', 30_000, 1_000)
    await reports('s1e1', END, DAY_MS)
  }, 'resume s1e2 30000'],
  ['a report from a clock that runs ahead counts as now', async ({ sees, reports }) => {
    await reports('movie', 10_000, -DAY_MS)
    await sees('movie', 20_000)
  }, 'resume movie 20000'],
  ['marked watched', async ({ put, episodes }) => {
    await put(`watched/${episodes.get('s1e1')}`)
  }, 'next s1e2'],
  ['half-seen and marked watched', async ({ sees, put, movie }) => {
    await sees('movie', 20_000)
    await put(`watched/${movie}`)
  }, ''],
  ['a season marked watched', async ({ put, show }) => {
    await put(`watched/${show}?season=1`)
  }, 'next s2e1'],
  ['a show marked watched', async ({ put, show }) => {
    await put(`watched/${show}`)
  }, ''],
  ['a show marked watched, undone', async (v) => {
    await v.sees('s1e1')
    await v.undo(await v.put(`watched/${v.show}`))
  }, 'next s1e2'],
  ['a season taken back', async ({ sees, drop, show }) => {
    await sees('s1e1')
    await sees('s1e2')
    await drop(`watched/${show}?season=1`)
  }, ''],
  ['marked watched, opened again: it stays watched', async ({ sees, put, episodes }) => {
    await put(`watched/${episodes.get('s1e1')}`)
    await sees('s1e1', 400)
  }, 'next s1e2'],
  ['hidden', async ({ sees, drop, movie }) => {
    await sees('movie', 20_000)
    await drop(`continue-watching/${movie}`)
  }, ''],
  ['a show is hidden with its next episode', async ({ sees, drop, show }) => {
    await sees('s1e1')
    await drop(`continue-watching/${show}`)
  }, ''],
  ['hidden, then played again', async (v) => {
    await v.sees('movie', 20_000)
    await v.drop(`continue-watching/${v.movie}`)
    await v.sees('movie', 30_000, 10_000)
  }, 'resume movie 30000'],
  ['hidden, undone', async (v) => {
    await v.sees('s1e1')
    await v.undo(await v.drop(`continue-watching/${v.show}`))
  }, 'next s1e2'],
  ['hidden and brought back', async ({ sees, drop, put, movie }) => {
    await sees('movie', 20_000)
    await drop(`continue-watching/${movie}`)
    await put(`continue-watching/${movie}`)
  }, 'resume movie 20000'],
  ['dropped, then played again: it stays away', async (v) => {
    await v.sees('s1e1')
    await v.put(`dropped/${v.show}`)
    await v.sees('s1e2', 20_000)
  }, ''],
  ['dropped, undone', async (v) => {
    await v.sees('s1e1')
    await v.undo(await v.put(`dropped/${v.show}`))
  }, 'next s1e2'],
  ['dropped, then taken up again', async (v) => {
    await v.sees('s1e1')
    await v.put(`dropped/${v.show}`)
    await v.drop(`dropped/${v.show}`)
  }, 'next s1e2'],
  ['a finished movie begun again', async ({ sees }) => {
    await sees('movie')
    await sees('movie', 20_000)
  }, 'resume movie 20000, pass 2'],
  ['a finished show begun again', async (v) => {
    await seesAll(v)
    await v.sees('s1e1')
  }, 'next s1e2, pass 2'],
  ['a finished show opened at its first episode for a moment', async (v) => {
    await seesAll(v)
    await v.sees('s1e1', 300)
  }, ''],
  ['a finished show begun again, taken back', async (v) => {
    await seesAll(v)
    await v.sees('s1e1')
    await v.drop(`rewatch/${v.show}?pass=2`)
  }, ''],
  ['a special without a place marked watched, begun again by a call', async (v) => {
    await v.put(`watched/${v.episodes.get('s0e1')}`)
    await v.put(`rewatch/${v.show}`)
    await v.put(`rewatch/${v.show}`)
  }, 'next s1e1, pass 2'],
  ['begun again by a call in the middle', async (v) => {
    await v.sees('s1e1')
    await v.sees('s1e2', 20_000)
    await v.put(`rewatch/${v.show}`)
  }, 'next s1e1, pass 2'],
  ['begun again by a call, undone', async (v) => {
    await v.sees('s1e1')
    await v.sees('s1e2', 20_000)
    await v.undo(await v.put(`rewatch/${v.show}`))
  }, 'resume s1e2 20000'],
  ['begun again by a call and watched on, undone', async (v) => {
    await v.sees('s1e1')
    await v.sees('s1e2', 20_000)
    const again = await v.put(`rewatch/${v.show}`)
    await v.sees('s1e1')
    await v.undo(again)
  }, 'resume s1e2 20000'],
  ['a movie begun again by a call', async (v) => {
    await v.sees('movie', 40_000)
    await v.put(`rewatch/${v.movie}`)
  }, 'next movie, pass 2'],
  ['dropped, then begun again by a call', async (v) => {
    await v.sees('s1e1')
    await v.put(`dropped/${v.show}`)
    await v.put(`rewatch/${v.show}`)
  }, 'next s1e1, pass 2'],
  ['a play deleted', async (v) => {
    await v.sees('s1e1')
    await v.sees('s1e2', 20_000)
    await v.drop(`history/${await newestPlay(v)}`)
  }, 'next s1e2'],
  ['a play deleted, undone', async (v) => {
    await v.sees('s1e1')
    await v.sees('s1e2', 20_000)
    await v.undo(await v.drop(`history/${await newestPlay(v)}`))
  }, 'resume s1e2 20000'],
  ['a title cleared', async (v) => {
    await v.sees('movie', 10_000)
    await v.sees('s1e1')
    await v.drop(`history?titleId=${v.show}`)
  }, 'resume movie 10000'],
  ['everything cleared', async (v) => {
    await v.sees('movie', 10_000)
    await v.sees('s1e1')
    await v.drop('history')
  }, ''],
  ['everything cleared, undone', async (v) => {
    await v.sees('movie', 10_000)
    await v.sees('s1e1')
    await v.undo(await v.drop('history'))
  }, 'next s1e2 | resume movie 10000'],
]

async function newestPlay ({ kim }: Viewer): Promise<string> {
  return (await kim.get(`/v1/profiles/${kim.profileId}/history?limit=1`)).body.items[0].id
}

t.test('continue watching', async (t) => {
  const scene = await buildScene()
  t.ok(CASES.length >= 40, `${CASES.length} cases`)
  for (const [name, story, expected] of CASES) {
    const kim = await viewer(scene)
    await story(kim)
    t.equal(await told(kim), expected, name)
    const first = await kim.kim.get(`/v1/profiles/${kim.kim.profileId}/continue`)
    t.equal(first.status, expected === '' ? 204 : 200, `${name}: the button agrees`)
    if (first.status === 200) {
      t.equal(
        (await play(kim.kim, first.body.item.id)).body.positionMs,
        first.body.positionMs,
        `${name}: playback begins where the card says`,
      )
    }
  }
})

t.test('the catalogue changes under a viewer', async (t) => {
  const scene = await buildScene()
  const { app, admin, show, episodes, clock } = scene
  const episodeUrl = `/v1/admin/shows/${show}/seasons/2/episodes/3`

  t.test('a caught-up show returns when an episode is added, and waits until it airs and can be played', async (t) => {
    const kim = await viewer(scene)
    await seesAll(kim)
    t.equal(await told(kim), '')
    const airDate = new Date(clock.now().getTime() + 10 * DAY_MS).toISOString().slice(0, 10)
    const added = (await admin.put(episodeUrl, { title: 'Gourmet Night', airDate })).body.id
    t.equal(await told(kim), `next Gourmet Night, waiting not-aired ${airDate}`)
    t.equal((await play(kim.kim, added)).body.code, 'not-aired', 'and cannot be started before')
    clock.advance(11 * DAY_MS)
    t.equal(await told(kim), 'next Gourmet Night, waiting no-media')
    await upload(app, admin, `shows/${show}/seasons/2/episodes/3`, '2160p-en')
    t.equal(await told(kim), 'next Gourmet Night')
    const poor = await viewer(scene, 'basic')
    await poor.sees('s2e2')
    t.equal(await told(poor), 'next Gourmet Night, skipped 3, waiting plan', 'the plan of another cannot play it')
    t.equal((await poor.kim.get(`/v1/profiles/${poor.kim.profileId}/continue`)).status, 204)
  })

  t.test('a special gets a place', async (t) => {
    const kim = await viewer(scene)
    await kim.sees('s1e1')
    await kim.sees('s1e2')
    t.equal(await told(kim), 'next s2e1')
    const special = { title: 'Fawlty Towers Revisited', placedAfter: { season: 1, episode: 2 } }
    t.match((await admin.put(`/v1/admin/shows/${show}/seasons/0/episodes/1`, special)).body, {
      id: episodes.get('s0e1'),
      placedAfter: { season: 1, episode: 2 },
    })
    t.equal(await told(kim), 'next s0e1')
    await kim.sees('s0e1')
    t.equal(await told(kim), 'next s2e1')
    t.equal(
      (await admin.put(`/v1/admin/shows/${show}/seasons/1/episodes/2`, {
        title: 'The Builders',
        placedAfter: { season: 1, episode: 1 },
      })).status,
      400,
      'only specials have one',
    )
  })

  t.test('the episode just seen is deleted: the one after it is still next', async (t) => {
    const kim = await viewer(scene)
    await kim.sees('s1e1')
    await kim.sees('s1e2')
    await kim.sees('s2e1')
    await admin.delete(`/v1/admin/shows/${show}/seasons/2/episodes/1`)
    t.equal(await told(kim), 'next s2e2')
    const half = await viewer(scene)
    await half.sees('s2e2', 20_000)
    await admin.delete(`/v1/admin/shows/${show}/seasons/2/episodes/2`)
    t.equal(await told(half), '', 'one that was half-seen cannot be resumed')
    t.match((await half.kim.get(`/v1/profiles/${half.kim.profileId}/history`)).body.items, [{
      item: { title: 'The Psychiatrist' },
      positionMs: 20_000,
    }])
  })

  t.test('a film in two versions keeps its place, whichever is played', async (t) => {
    const film = await addMovie(app, admin, { title: 'Blade Runner' }, [])
    await upload(app, admin, `movies/${film}`, '480p-en', '?edition=theatrical')
    await upload(app, admin, `movies/${film}`, '1080p-en', '?edition=final')
    const kim = await signUp(app)
    const started = await play(kim, film, { client: { maxHeight: 480 } })
    t.equal(started.body.mediaFile.edition, 'theatrical')
    clock.advance(1_000)
    await kim.post(`/v1/profiles/${kim.profileId}/playback/${started.body.streamId}/stop`, {
      positionMs: 21_000,
      watchedMs: 21_000,
      at: clock.now().toISOString(),
    })
    const again = await play(kim, film)
    t.match(again.body, { positionMs: 21_000, mediaFile: { edition: 'theatrical' }, reason: { code: 'resumed-file' } })
    const { body } = await call(app, 'GET', `/v1/profiles/${kim.profileId}/continue-watching`, { token: kim.token })
    t.equal(body.items.length, 1, 'and has one card')
  })

  t.test('an unpublished title disappears and comes back with its place', async (t) => {
    const film = await addMovie(app, admin, { title: 'Alien' })
    const kim = await signUp(app)
    await watch(kim, clock, film, 21_000)
    const cards = async (): Promise<number[]> =>
      (await kim.get(`/v1/profiles/${kim.profileId}/continue-watching`)).body.items.map((
        card: { positionMs: number },
      ) => card.positionMs)
    await admin.patch(`/v1/admin/movies/${film}`, { published: false })
    t.strictSame(await cards(), [])
    await admin.patch(`/v1/admin/movies/${film}`, { published: true })
    t.strictSame(await cards(), [21_000])
  })
})
