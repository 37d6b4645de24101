// Previews of editors: drafts play without a stream, and the URLs end with the session or the role.
import t from 'tap'
import { Account } from '../../models/account.js'
import { containerOf, startApp } from '../support/app.js'
import { addMovie, addShow, clipBytes } from '../support/catalogue.js'
import { packageAll } from '../support/hls.js'
import { call, expectProblem } from '../support/requests.js'
import { logInAgain, signUp, signUpAdmin } from '../support/users.js'

t.test('previews', async (t) => {
  const { app, clock } = await startApp(t, { BCRYPT_COST: '4' })
  const admin = await signUpAdmin(app)
  const kim = await signUp(app)
  const newcomer = await signUp(app, { plan: 'basic' })
  await Account.updateOne({ _id: newcomer.accountId }, { $set: { role: 'editor' } })
  const editor = await logInAgain(app, newcomer)
  const draft = await addMovie(app, admin, { title: 'Stalker', published: false }, ['480p-en', '2160p-en'])
  await packageAll(app)
  const get = async (url: string) => await call(app, 'GET', url)

  t.test('play a draft in every resolution, whatever the plan of the editor', async (t) => {
    t.equal((await editor.post(`/v1/profiles/${editor.profileId}/playback`, { itemId: draft })).status, 404)
    const { status, body } = await editor.post('/v1/admin/previews', { itemId: draft })
    t.equal(status, 201)
    t.match(body, { item: { id: draft }, mediaFile: { height: 2160 }, subtitles: [], thumbnailsUrl: null })
    const remainingMs = Date.parse(body.expiresAt) - clock.now().getTime()
    t.ok(remainingMs > 4 * 3_590_000 && remainingMs <= 4 * 3_600_000)
    t.same((await get(body.url)).bytes, clipBytes('2160p-en'))
    const playlist = (await get(body.hlsUrl)).bytes.toString()
    t.match(playlist, /RESOLUTION=3840x2160/)
    t.match((await get(body.dashUrl)).bytes.toString(), 'width="3840"')
    const rendition = /^(?!#)(.*m3u8.*)$/m.exec(playlist)?.[1] ?? ''
    t.equal((await get(new URL(rendition, `http://test${body.hlsUrl}`).href.replace('http://test', ''))).status, 200)
  })

  t.test('play the media file that is asked for', async (t) => {
    const { mediaFiles } = (await admin.get(`/v1/movies/${draft}`)).body
    const small = mediaFiles.find(({ height }: { height: number }) => height === 480)
    const { body } = await admin.post('/v1/admin/previews', { itemId: draft, mediaFileId: small.id })
    t.equal(body.mediaFile.id, small.id)
    t.same((await get(body.url)).bytes, clipBytes('480p-en'))
    expectProblem(t, await admin.post('/v1/admin/previews', { itemId: draft, mediaFileId: draft }), 'not-found', 404)
  })

  t.test('leave no stream and nothing in the watch history', async (t) => {
    const { body } = await admin.post('/v1/admin/previews', { itemId: draft })
    await get(body.url)
    t.same((await admin.get('/v1/account/streams')).body.items, [])
    t.same((await admin.get('/v1/admin/streams')).body.items, [])
    t.same((await admin.get(`/v1/profiles/${admin.profileId}/history`)).body.items, [])
  })

  t.test('are for editors and administrators, and in the audit log', async (t) => {
    expectProblem(t, await kim.post('/v1/admin/previews', { itemId: draft }), 'forbidden', 403)
    await containerOf(app).audit.onIdle()
    const { items } = (await admin.get(`/v1/admin/audit?actor=${editor.accountId}&action=start-preview`)).body
    t.match(items, [{ action: 'start-preview', result: 'ok', actor: editor.accountId }])
  })

  t.test('need a media file', async (t) => {
    const { id } = (await admin.post('/v1/admin/movies', { title: 'Empty', published: false })).body
    expectProblem(t, await admin.post('/v1/admin/previews', { itemId: id }), 'no-media', 409)
    const { episodes } = await addShow(app, admin, { published: false })
    t.equal((await admin.post('/v1/admin/previews', { itemId: episodes[0] })).status, 201)
  })

  t.test('end with the log-out, after four hours, and with the role', async (t) => {
    const later = await logInAgain(app, editor)
    const { body } = await later.post('/v1/admin/previews', { itemId: draft })
    t.equal((await get(body.url)).status, 200)
    t.equal((await later.post('/v1/auth/logout')).status, 204)
    expectProblem(t, await get(body.url), 'media-refused', 403)
    const other = (await editor.post('/v1/admin/previews', { itemId: draft })).body
    await admin.put(`/v1/admin/accounts/${editor.accountId}/role`, { role: 'support' })
    expectProblem(t, await get(other.hlsUrl), 'media-refused', 403)
    const long = (await admin.post('/v1/admin/previews', { itemId: draft })).body
    clock.advance(4 * 3_600_000)
    expectProblem(t, await get(long.url), 'media-refused', 403)
  })
})
