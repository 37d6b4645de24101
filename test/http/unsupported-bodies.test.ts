// Bodies that an operation rejects by their headers: content codings, and types that it does not accept.
import { gzipSync } from 'node:zlib'
import t from 'tap'
import { startApp } from '../support/app.js'
import { addMovie, clipBytes } from '../support/catalogue.js'
import { call, expectProblem } from '../support/requests.js'
import { createUpload, PATCH_TYPE, startUploadTest } from '../support/upload-requests.js'
import { PASSWORD, signUp, signUpAdmin } from '../support/users.js'

const FORM = 'application/x-www-form-urlencoded'
const IMAGE_TYPES = 'image/jpeg, image/png, image/webp'

t.test('bodies with a content coding', async (t) => {
  const { app } = await startApp(t)
  const admin = await signUpAdmin(app)
  const movie = await addMovie(app, admin)
  const kim = await signUp(app)
  const send = async (url: string, type: string, coding: string, body: string | Buffer, token = admin.token) =>
    await call(app, 'POST', url, { token, body, headers: { 'content-type': type, 'content-encoding': coding } })

  const operations: ReadonlyArray<[what: string, url: string, type: string]> = [
    ['JSON', '/v1/admin/movies', 'application/json'],
    ['a media file', `/v1/admin/movies/${movie}/media`, 'video/mp4'],
    ['a media file in a form', `/v1/admin/movies/${movie}/media`, 'multipart/form-data; boundary=b'],
    ['thumbnails', `/v1/admin/movies/${movie}/thumbnails`, 'multipart/form-data; boundary=b'],
    ['an image', `/v1/admin/titles/${movie}/poster`, 'image/png'],
    ['subtitles', `/v1/admin/movies/${movie}/subtitles?language=en`, 'text/vtt'],
    ['an import', '/v1/admin/import', 'application/x-ndjson'],
    ['a preview of an import', '/v1/admin/import/preview', 'text/csv'],
    ['an unknown type', '/v1/admin/movies', 'text/plain'],
  ]
  for (const [what, url, type] of operations) {
    await t.test(`are rejected: ${what}`, async (t) => {
      for (const coding of ['gzip', 'foo', 'identity, BR']) {
        const response = await send(url, type, coding, gzipSync('{}'))
        expectProblem(t, response, 'unsupported-media-type', 415)
        t.match(response.body.detail, `"${coding.replace('identity, ', '').toLowerCase()}"`, 'it names the coding')
        t.equal(response.headers['accept-encoding'], 'identity')
      }
    })
  }

  t.test('are rejected: a history', async (t) => {
    const url = `/v1/profiles/${kim.profileId}/history/import?format=netflix`
    const response = await send(url, 'text/csv', 'gzip', gzipSync('Title,Date\n'), kim.token)
    expectProblem(t, response, 'unsupported-media-type', 415)
    t.equal(response.headers['accept-encoding'], 'identity')
  })

  t.test('are rejected: a form, with the error fields of OAuth 2.0', async (t) => {
    const response = await send('/v1/auth/device', FORM, 'gzip', gzipSync('client_id=tv'))
    t.match(response, { status: 415, body: { code: 'unsupported-media-type', error: 'invalid_request' } })
    t.equal(response.headers['accept-encoding'], 'identity')
  })

  t.test('create nothing', async (t) => {
    const response = await send('/v1/profiles', 'application/json', 'foo', '{"name":"Lee"}', kim.token)
    expectProblem(t, response, 'unsupported-media-type', 415)
    t.equal((await kim.get('/v1/profiles')).body.items.length, 1)
  })

  t.test('are accepted with `identity`, and without a body', async (t) => {
    for (const coding of ['identity', 'Identity', '']) {
      const response = await send('/v1/profiles', 'application/json', coding, `{"name":"A${coding}"}`, kim.token)
      t.equal(response.status, coding === 'Identity' ? 409 : 201, 'names are compared without case')
    }
    const headers = { 'content-encoding': 'gzip', 'content-length': '0' }
    const wished = `/v1/profiles/${kim.profileId}/wishlist/${movie}`
    t.equal((await call(app, 'PUT', wished, { token: kim.token, headers })).status, 204)
    t.equal((await call(app, 'GET', wished, { token: kim.token, headers })).status, 405)
    t.equal((await kim.delete(wished, { 'content-encoding': 'gzip' })).status, 204)
  })

  t.test('the login is checked first', async (t) => {
    const headers = { 'content-type': 'application/json', 'content-encoding': 'gzip' }
    expectProblem(t, await call(app, 'POST', '/v1/profiles', { body: '{}', headers }), 'unauthorized', 401)
    const body = JSON.stringify({ email: kim.email, password: PASSWORD })
    expectProblem(t, await call(app, 'POST', '/v1/auth/login', { body, headers }), 'unsupported-media-type', 415)
  })
})

t.test('a part of a resumable upload with a content coding is rejected, and the upload continues', async (t) => {
  const test = await startUploadTest(t, 'local')
  const created = await createUpload(test, {})
  const url = String(created.headers.location)
  const patch = async (headers: Record<string, string>) =>
    await call(test.app, 'PATCH', new URL(url, 'http://localhost').pathname, {
      token: test.admin.token,
      body: clipBytes('480p-en'),
      headers: { 'tus-resumable': '1.0.0', 'upload-offset': '0', 'content-type': PATCH_TYPE, ...headers },
    })
  const rejected = await patch({ 'content-encoding': 'gzip' })
  expectProblem(t, rejected, 'unsupported-media-type', 415)
  t.equal(rejected.headers['accept-encoding'], 'identity')
  t.equal((await patch({ 'content-encoding': 'identity' })).status, 204)
})

t.test('bodies of another type are rejected with the types that the operation accepts', async (t) => {
  const { app } = await startApp(t)
  const admin = await signUpAdmin(app)
  const movie = await addMovie(app, admin)
  const expectTypes = async (url: string, type: string, accept: string): Promise<void> => {
    const headers = { 'content-type': type }
    const response = await call(app, 'POST', url, { token: admin.token, body: 'x', headers })
    await t.test(`${url} ${type}`, async (t) => {
      expectProblem(t, response, 'unsupported-media-type', 415)
      t.equal(response.headers['accept'], accept)
      t.match(response.body.detail, accept)
    })
  }
  await expectTypes('/v1/profiles', 'text/plain', 'application/json')
  await expectTypes('/v1/profiles', 'nonsense', 'application/json')
  await expectTypes('/v1/auth/device', 'text/plain', `application/json, ${FORM}`)
  await expectTypes(`/v1/admin/titles/${movie}/poster`, 'image/gif', IMAGE_TYPES)
  await expectTypes(`/v1/admin/titles/${movie}/poster`, 'application/json', IMAGE_TYPES)
  await expectTypes(`/v1/admin/movies/${movie}/thumbnails`, 'application/json', 'multipart/form-data')
  await expectTypes('/v1/admin/import/preview', 'application/json', 'text/csv')
  await expectTypes(
    `/v1/admin/movies/${movie}/media`,
    'text/plain',
    'video/mp4, video/webm, video/x-matroska, application/octet-stream, multipart/form-data',
  )

  t.test('an operation without a body says so', async (t) => {
    const response = await call(app, 'POST', '/v1/auth/logout', {
      token: admin.token,
      body: 'x',
      headers: { 'content-type': 'text/plain' },
    })
    expectProblem(t, response, 'unsupported-media-type', 415)
    t.match(response.body.detail, 'does not accept a body')
    t.notOk('accept' in response.headers)
  })

  t.test('a form without a type is 415, and a form field that is not JSON is 400', async (t) => {
    const url = `/v1/admin/movies/${movie}/thumbnails`
    const untyped = await call(app, 'POST', url, { token: admin.token })
    expectProblem(t, untyped, 'unsupported-media-type', 415)
    t.equal(untyped.headers['accept'], 'multipart/form-data')
    const field =
      '--b\r\ncontent-disposition: form-data; name="x"\r\ncontent-type: application/json\r\n\r\n{\r\n--b--\r\n'
    const headers = { 'content-type': 'multipart/form-data; boundary=b' }
    expectProblem(
      t,
      await call(app, 'POST', `/v1/admin/movies/${movie}/media`, { token: admin.token, body: field, headers }),
      'malformed-request',
      400,
    )
  })
})
