// A reply is cut off after its request was applied, and the client repeats the request: whatever can be written is written
// once. A proxy between client and service cuts; everything in the database is compared before and after the repetition.
import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import mongoose from 'mongoose'
import t from 'tap'
import { startFaultProxy } from '../support/fault-proxy.js'
import { startApp, containerOf } from '../support/app.js'
import { addMovie, addShow, clipBytes, uploadClip } from '../support/catalogue.js'
import { createManualClock } from '../support/clock.js'
import { play, watch } from '../support/playback.js'
import { PASSWORD, signUp, signUpAdmin, type TestUser } from '../support/users.js'

interface Write {
  readonly operation: string
  readonly url: string
  readonly as?: TestUser
  readonly body?: unknown
  readonly headers?: Record<string, string>
  /** The answer to the repetition; 2xx when left out. */
  readonly repeated?: number
  /** Collections that the repetition may change, and why that is no second application. */
  readonly mayChange?: Readonly<Record<string, string>>
}

/** Kept for the repetition itself, says only that something may have changed, or writes down each request. */
const NO_STATE = ['idempotencyrecords', 'throttles', 'changelogs', 'audit']
const ONE_MORE_SESSION = { sessions: 'each log-in is a session of its own' }
const REPLACED = { media: 'they take the place of themselves' }
const ANOTHER_MAIL = { emailtokens: 'whoever asks again gets another mail; the link before it is void' }

/** All documents of a database, by collection. */
async function readAll (): Promise<Record<string, string>> {
  const { db } = mongoose.connection
  const names = (await db!.listCollections().toArray()).map(({ name }) => name).filter((name) =>
    !NO_STATE.includes(name)
  ).sort()
  return Object.fromEntries(
    await Promise.all(
      names.map(async (name) =>
        [name, JSON.stringify(await db!.collection(name).find().sort({ _id: 1 }).toArray(), null, 1)] as const
      ),
    ),
  )
}

t.test('a retried request is applied once, whatever it writes', { timeout: 250_000 }, async (t) => {
  const clock = createManualClock()
  const { app } = await startApp(t, { ACCOUNT_GRACE_DAYS: '14' }, undefined, clock)
  await app.listen({ port: 0, host: '127.0.0.1' })
  const proxy = await startFaultProxy(t, { host: '127.0.0.1', port: (app.server.address() as AddressInfo).port })
  const admin = await signUpAdmin(app)
  const movie = await addMovie(app, admin)
  const spare = await addMovie(app, admin, { title: 'Spare' })
  const show = await addShow(app, admin)
  const clip = clipBytes('480p-en')
  const kim = await signUp(app)
  const base = `/v1/profiles/${kim.profileId}`
  const at = (): string => clock.now().toISOString()
  const video = { 'content-type': 'video/mp4' }
  const tus = { 'tus-resumable': '1.0.0', 'content-type': 'application/offset+octet-stream' }
  const done = new Set<string>()

  async function request (
    port: number,
    { url, as, body, headers = {} }: Write,
    method: string,
  ): Promise<{ status: number, body: any, headers: Headers }> {
    const isRaw = Buffer.isBuffer(body) || body instanceof FormData || body === undefined
    const answer = await fetch(`http://127.0.0.1:${port}${url}`, {
      method,
      headers: {
        connection: 'close',
        ...(as === undefined ? {} : { authorization: `Bearer ${as.token}` }),
        ...(isRaw ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: isRaw ? body as Buffer<ArrayBuffer> | FormData : JSON.stringify(body) }),
    })
    const text = await answer.text()
    return { status: answer.status, body: text.startsWith('{') ? JSON.parse(text) : text, headers: answer.headers }
  }

  const document = JSON.parse(readFileSync('openapi/openapi.json', 'utf8')) as {
    paths: Record<string, Record<string, { operationId: string, parameters?: Array<{ name: string }> }>>,
  }
  const writes = new Map(
    Object.values(document.paths).flatMap((methods) =>
      Object.entries(methods).filter(([method]) => !['get', 'head', 'options'].includes(method))
        .map(([method, { operationId, parameters = [] }]) =>
          [operationId, {
            method: method.toUpperCase(),
            isRepeatable: parameters.some(({ name }) => name === 'idempotency-key'),
          }] as const
        )
    ),
  )

  /** Sends it and loses the reply, sends it again, and answers what came then. */
  async function retry (write: Write): Promise<any> {
    const { operation, repeated, mayChange = {} } = write
    const known = writes.get(operation)
    if (known === undefined) throw new Error(`there is no operation ${operation}`)
    const withKey = known.isRepeatable
      ? { ...write, headers: { ...write.headers, 'idempotency-key': randomUUID() } }
      : write
    proxy.fault = 'cut-replies'
    const cutsBefore = proxy.cuts
    const first = await request(proxy.port, withKey, known.method).catch(() => null)
    t.equal(first, null, `${operation}: the reply was lost`)
    t.equal(proxy.cuts, cutsBefore + 1)
    proxy.fault = null
    await settle()
    const before = await readAll()
    const again = await request(proxy.port, withKey, known.method)
    await settle()
    const after = await readAll()
    const changed = Object.keys({ ...before, ...after }).filter((name) =>
      before[name] !== after[name] && mayChange[name] === undefined
    )
    t.strictSame(changed, [], `${operation}: repeating changes nothing`)
    if (repeated === undefined) {
      t.ok(
        again.status >= 200 && again.status < 300,
        `${operation}: the repetition answers ${again.status} ${again.body?.code ?? ''}`,
      )
    } else t.equal(again.status, repeated, `${operation}: the repetition answers ${again.status}`)
    done.add(operation)
    return again.body
  }

  async function settle (): Promise<void> {
    await containerOf(app).background.onIdle()
    await containerOf(app).uploads.onIdle()
  }

  t.test('accounts', async () => {
    const sam = { email: 'sam@example.com', password: PASSWORD }
    await retry({ operation: 'signUp', url: '/v1/auth/signup', body: sam, repeated: 409 })
    await retry({ operation: 'logIn', url: '/v1/auth/login', body: sam, mayChange: ONE_MORE_SESSION })
    const pat = await signUp(app)
    await retry({ operation: 'refresh', url: '/v1/auth/refresh', body: { refreshToken: pat.refreshToken } })
    await retry({
      operation: 'sendVerification',
      url: '/v1/account/email/verification',
      as: pat,
      mayChange: ANOTHER_MAIL,
    })
    const tokenIn = (subject: RegExp): string =>
      /token=([\w-]+)/.exec(containerOf(app).mailer.listRecent().find((mail) => subject.test(mail.subject))?.text ?? '')
        ?.[1] ??
        ''
    await retry({
      operation: 'verifyEmail',
      url: '/v1/auth/email/verify',
      body: { token: tokenIn(/confirm/i) },
      repeated: 400,
    })
    await retry({
      operation: 'changeEmail',
      url: '/v1/account/email',
      as: pat,
      body: { email: 'pat2@example.com', password: PASSWORD },
      mayChange: ANOTHER_MAIL,
    })
    await retry({
      operation: 'forgotPassword',
      url: '/v1/auth/password/forgot',
      body: { email: sam.email },
      mayChange: ANOTHER_MAIL,
    })
    await retry({
      operation: 'resetPassword',
      url: '/v1/auth/password/reset',
      body: { token: tokenIn(/password/i), password: 'four blind mice ran' },
      repeated: 400,
    })
    await retry({
      operation: 'changePassword',
      url: '/v1/account/password',
      as: pat,
      body: { currentPassword: PASSWORD, newPassword: 'five blind mice ran' },
      repeated: 403,
    })
    await retry({ operation: 'changePlan', url: '/v1/account/plan', as: pat, body: { plan: 'premium' } })
    const { items } = (await pat.get('/v1/auth/sessions')).body
    await retry({ operation: 'endSession', url: `/v1/auth/sessions/${items[0].id}`, as: kim, repeated: 404 })
    const lee = await signUp(app)
    await retry({ operation: 'logOut', url: '/v1/auth/logout', as: lee, repeated: 401 })
    const max = await signUp(app)
    await retry({ operation: 'logOutEverywhere', url: '/v1/auth/logout-everywhere', as: max, repeated: 401 })
    const eva = await signUp(app)
    await retry({
      operation: 'deleteAccount',
      url: '/v1/account',
      as: eva,
      body: { password: PASSWORD },
      repeated: 401,
    })
  })

  t.test('accounts by an administrator', async () => {
    const uma = await signUp(app)
    const url = `/v1/admin/accounts/${uma.accountId}`
    await retry({ operation: 'changeAccountPlan', url: `${url}/plan`, as: admin, body: { plan: 'basic' } })
    await retry({ operation: 'disableAccount', url: `${url}/disabled`, as: admin })
    await retry({ operation: 'enableAccount', url: `${url}/disabled`, as: admin })
    await retry({ operation: 'changeAccountRole', url: `${url}/role`, as: admin, body: { role: 'admin' } })
    await retry({ operation: 'endAccountSessions', url: `${url}/sessions`, as: admin })
  })

  t.test('profiles', async () => {
    const added = await retry({ operation: 'addProfile', url: '/v1/profiles', as: kim, body: { name: 'Robin' } })
    await retry({ operation: 'changeProfile', url: `/v1/profiles/${added.id}`, as: kim, body: { name: 'Robin Hood' } })
    await retry({ operation: 'selectProfile', url: `/v1/profiles/${added.id}/select`, as: kim, body: {} })
    await retry({ operation: 'deleteProfile', url: `/v1/profiles/${added.id}`, as: kim, repeated: 404 })
  })

  t.test('watching', async () => {
    const started = await retry({
      operation: 'startPlayback',
      url: `${base}/playback`,
      as: kim,
      body: { itemId: movie },
    })
    await retry({
      operation: 'sendHeartbeat',
      url: `${base}/playback/${started.streamId}`,
      as: kim,
      body: { positionMs: 20_000, watchedMs: 20_000, at: at(), eventId: 'a' },
    })
    await retry({
      operation: 'stopPlayback',
      url: `${base}/playback/${started.streamId}/stop`,
      as: kim,
      body: { positionMs: 23_456, watchedMs: 23_000, at: at(), eventId: 'b' },
    })
    const { streamId } = (await play(kim, movie)).body
    await retry({ operation: 'endStream', url: `/v1/account/streams/${streamId}`, as: kim, repeated: 404 })
    await retry({
      operation: 'putProgress',
      url: `${base}/progress/${spare}`,
      as: kim,
      body: { positionMs: 30_000, watchedMs: 30_000, at: at() },
    })
    await retry({
      operation: 'putProgressBatch',
      url: `${base}/progress/batch`,
      as: kim,
      body: { events: [{ itemId: show.episodes[0], positionMs: 59_500, watchedMs: 50_000, at: at(), eventId: 'c' }] },
    })
    await retry({ operation: 'markWatched', url: `${base}/watched/${show.id}`, as: kim, body: {} })
    await retry({ operation: 'unmarkWatched', url: `${base}/watched/${show.id}`, as: kim })
    await retry({ operation: 'hideFromContinueWatching', url: `${base}/continue-watching/${movie}`, as: kim })
    await retry({ operation: 'restoreToContinueWatching', url: `${base}/continue-watching/${movie}`, as: kim })
    await retry({ operation: 'dropTitle', url: `${base}/dropped/${movie}`, as: kim })
    await retry({ operation: 'undropTitle', url: `${base}/dropped/${movie}`, as: kim })
    await watch(kim, clock, movie, 59_900, 59_000)
    clock.advance(1_000)
    await retry({ operation: 'watchAgain', url: `${base}/rewatch/${movie}`, as: kim })
    await retry({ operation: 'stopWatchingAgain', url: `${base}/rewatch/${movie}?pass=2`, as: kim })
    const { items } = (await kim.get(`${base}/history`)).body
    const removed = await retry({ operation: 'removePlay', url: `${base}/history/${items[0].id}`, as: kim })
    t.ok(removed)
    const { undo } = (await kim.delete(`${base}/history/${items[1].id}`)).body
    await retry({ operation: 'undo', url: `${base}/undo/${undo}`, as: kim })
    await retry({
      operation: 'importHistory',
      url: `${base}/history/import`,
      as: kim,
      body: { format: 'normflix-history', version: 1, plays: [] },
    })
    await retry({ operation: 'clearHistory', url: `${base}/history`, as: kim })
  })

  t.test('taste', async () => {
    await retry({ operation: 'addToWishlist', url: `${base}/wishlist/${movie}`, as: kim })
    await retry({ operation: 'orderWishlist', url: `${base}/wishlist/order`, as: kim, body: { titleIds: [movie] } })
    await retry({ operation: 'removeFromWishlist', url: `${base}/wishlist/${movie}`, as: kim })
    await retry({ operation: 'rateTitle', url: `${base}/ratings/${movie}`, as: kim, body: { rating: 'up' } })
    await retry({ operation: 'unrateTitle', url: `${base}/ratings/${movie}`, as: kim })
    await retry({
      operation: 'setLanguages',
      url: `${base}/languages/${movie}`,
      as: kim,
      body: { audio: { language: 'es', kind: 'main' } },
    })
    await retry({ operation: 'forgetLanguages', url: `${base}/languages/${movie}`, as: kim })
  })

  t.test('the catalogue', async () => {
    const film = await retry({ operation: 'createMovie', url: '/v1/admin/movies', as: admin, body: { title: 'Once' } })
    await retry({
      operation: 'replaceMovie',
      url: `/v1/admin/movies/${film.id}`,
      as: admin,
      body: { title: 'Once more' },
    })
    await retry({
      operation: 'changeMovie',
      url: `/v1/admin/movies/${film.id}`,
      as: admin,
      body: { genres: ['Drama'] },
    })
    await retry({ operation: 'deleteMovie', url: `/v1/admin/movies/${film.id}`, as: admin, repeated: 404 })
    const series = await retry({
      operation: 'createShow',
      url: '/v1/admin/shows',
      as: admin,
      body: { title: 'Twice', seasons: [{ number: 1, episodes: [{ number: 1, title: 'One' }] }] },
    })
    const url = `/v1/admin/shows/${series.id}`
    await retry({ operation: 'replaceShow', url, as: admin, body: { title: 'Twice more' } })
    await retry({ operation: 'changeShow', url, as: admin, body: { genres: ['Drama'] } })
    await retry({ operation: 'putSeason', url: `${url}/seasons/1`, as: admin, body: { episodes: [] } })
    await retry({ operation: 'putEpisode', url: `${url}/seasons/1/episodes/1`, as: admin, body: { title: 'One' } })
    await retry({ operation: 'changeSeason', url: `${url}/seasons/1`, as: admin, body: { title: 'The first' } })
    const [episode] = (await admin.get(`/v1/shows/${series.id}/seasons/1`)).body.episodes
    await retry({
      operation: 'orderEpisodes',
      url: `${url}/seasons/1/order`,
      as: admin,
      body: { episodeIds: [episode.id] },
    })
    await retry({
      operation: 'changeEpisode',
      url: `${url}/seasons/1/episodes/1`,
      as: admin,
      body: { synopsis: 'It begins.' },
    })
    await retry({ operation: 'deleteEpisode', url: `${url}/seasons/1/episodes/1`, as: admin, repeated: 404 })
    await retry({ operation: 'deleteSeason', url: `${url}/seasons/1`, as: admin, repeated: 404 })
    await retry({ operation: 'deleteShow', url, as: admin, repeated: 404 })
    await retry({
      operation: 'importCatalogue',
      url: '/v1/admin/import',
      as: admin,
      body: [{ kind: 'movie', title: 'Nosferatu', year: 1922 }, {
        kind: 'show',
        title: 'Chernobyl',
        externalIds: { imdb: 'tt7366338' },
        seasons: [{ number: 1, episodes: [{ number: 1, title: '1:23:45' }] }],
      }],
    })
    const list = await retry({
      operation: 'createCollection',
      url: '/v1/admin/collections',
      as: admin,
      body: { title: 'Berlin on film', titleIds: [movie] },
    })
    await retry({
      operation: 'replaceCollection',
      url: `/v1/admin/collections/${list.id}`,
      as: admin,
      body: { title: 'Berlin', titleIds: [movie] },
    })
    await retry({
      operation: 'changeCollection',
      url: `/v1/admin/collections/${list.id}`,
      as: admin,
      body: { titleIds: [movie, spare] },
    })
    await retry({ operation: 'deleteCollection', url: `/v1/admin/collections/${list.id}`, as: admin, repeated: 404 })
  })

  t.test('media', async () => {
    const item = `/v1/admin/movies/${await addMovie(app, admin, { title: 'Fresh' }, [])}`
    const episode = `/v1/admin/shows/${show.id}/seasons/0/episodes/1`
    const file = await retry({
      operation: 'uploadMovieMedia',
      url: `${item}/media`,
      as: admin,
      body: clip,
      headers: video,
    })
    await retry({ operation: 'uploadEpisodeMedia', url: `${episode}/media`, as: admin, body: clip, headers: video })
    await retry({
      operation: 'changeMedia',
      url: `/v1/admin/media/${file.id}`,
      as: admin,
      body: { edition: 'restored' },
    })
    await retry({ operation: 'packageMedia', url: `/v1/admin/media/${file.id}/package`, as: admin })
    const text = Buffer.from('WEBVTT\n\n00:01.000 --> 00:02.000\nHello\n')
    const subtitle = await retry({
      operation: 'uploadMovieSubtitle',
      url: `${item}/subtitles?language=en`,
      as: admin,
      body: text,
      headers: { 'content-type': 'text/vtt' },
    })
    await retry({
      operation: 'uploadEpisodeSubtitle',
      url: `${episode}/subtitles?language=en`,
      as: admin,
      body: text,
      headers: { 'content-type': 'text/vtt' },
    })
    await retry({ operation: 'deleteSubtitle', url: `/v1/admin/subtitles/${subtitle.id}`, as: admin, repeated: 404 })
    const picture = Buffer.from(
      'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
      'base64',
    )
    const thumbnails = (): FormData => {
      const form = new FormData()
      form.append(
        'index',
        new Blob(['WEBVTT\n\n00:00.000 --> 00:10.000\nsprite.png#xywh=0,0,1,1\n'], { type: 'text/vtt' }),
        'index.vtt',
      )
      form.append('image', new Blob([picture], { type: 'image/png' }), 'sprite.png')
      return form
    }
    await retry({
      operation: 'uploadMovieThumbnails',
      url: `${item}/thumbnails`,
      as: admin,
      body: thumbnails(),
      mayChange: REPLACED,
    })
    await retry({
      operation: 'uploadEpisodeThumbnails',
      url: `${episode}/thumbnails`,
      as: admin,
      body: thumbnails(),
      mayChange: REPLACED,
    })
    await retry({
      operation: 'uploadPoster',
      url: `/v1/admin/titles/${movie}/poster`,
      as: admin,
      body: picture,
      headers: { 'content-type': 'image/png' },
      mayChange: { images: 'it takes the place of itself', titles: 'with its address' },
    })
    await retry({ operation: 'deleteMedia', url: `/v1/admin/media/${file.id}`, as: admin, repeated: 404 })
    const announced = {
      'tus-resumable': '1.0.0',
      'upload-length': String(clip.length),
      'upload-metadata': `itemId ${btoa(spare)}`,
    }
    await retry({
      operation: 'beginUpload',
      url: '/v1/admin/uploads',
      as: admin,
      headers: announced,
      mayChange: { mediauploads: 'one that nobody goes on with is removed after a day' },
    })
    const { items } = (await admin.get('/v1/admin/uploads')).body
    await retry({
      operation: 'continueUpload',
      url: `/v1/admin/uploads/${items[0].id}`,
      as: admin,
      headers: { ...tus, 'upload-offset': '0' },
      body: clip.subarray(0, 1_000),
      repeated: 409,
    })
    await retry({
      operation: 'deleteUpload',
      url: `/v1/admin/uploads/${items[0].id}`,
      as: admin,
      headers: { 'tus-resumable': '1.0.0' },
      repeated: 404,
    })
    t.ok(await uploadClip(app, admin, `movies/${spare}`, '1080p-en'))
  })

  t.test('that was everything that writes', async () => {
    t.strictSame(
      [...writes.keys()].filter((operation) => !done.has(operation)),
      [],
      'an operation that is new needs a line above',
    )
    t.comment(`${done.size} operations, each applied once`)
  })
})
