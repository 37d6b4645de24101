// The API of resumable uploads: protocol violations, limits, access and browsers.
import t from 'tap'
import { addShow } from '../support/catalogue.js'
import { call, expectProblem } from '../support/requests.js'
import { signUp, signUpAdmin } from '../support/users.js'
import {
  clip,
  createUpload,
  encodeMetadata,
  MAX_BYTES,
  PATCH_TYPE,
  patchUpload,
  readOffset,
  readResult,
  startUploadTest,
} from '../support/upload-requests.js'

t.test('the upload API', async (t) => {
  const test = await startUploadTest(t, 'local', { CORS_ORIGINS: 'https://studio.example.com' })
  const { app, admin, movie } = test

  t.test('requests that violate the protocol or the limits are problems', async (t) => {
    const url = String((await createUpload(test)).headers.location)
    await patchUpload(test, url, 0, clip.subarray(0, 1_000))
    expectProblem(t, await patchUpload(test, url, 0, clip), 'upload-offset-mismatch', 409)
    expectProblem(t, await patchUpload(test, url, 2_000, clip.subarray(2_000)), 'upload-offset-mismatch', 409)
    expectProblem(t, await patchUpload(test, url, 1_000, Buffer.alloc(clip.length)), 'upload-too-large', 413)
    t.equal(await readOffset(test, url), 1_000)
    t.equal((await createUpload(test, { sizeBytes: MAX_BYTES })).status, 201)
    expectProblem(t, await createUpload(test, { sizeBytes: MAX_BYTES + 1 }), 'upload-too-large', 413)
    expectProblem(t, await createUpload(test, { sizeBytes: 0 }), 'empty-upload', 400)
    expectProblem(t, await createUpload(test, { headers: { 'upload-length': '-1' } }), 'malformed-request', 400)
    expectProblem(t, await createUpload(test, { metadata: { itemId: 'x' } }), 'validation-failed', 400)
    expectProblem(t, await createUpload(test, { metadata: { language: 'not a language' } }), 'validation-failed', 400)
    expectProblem(
      t,
      await createUpload(test, { headers: { 'upload-metadata': 'itemId ???' } }),
      'malformed-request',
      400,
    )
    expectProblem(t, await createUpload(test, { metadata: { itemId: '0'.repeat(24) } }), 'not-found', 404)
    expectProblem(t, await createUpload(test, { metadata: { filetype: 'text/html' } }), 'unsupported-media', 415)
    for (
      const lengthHeaders of [
        {},
        { 'upload-defer-length': '2' },
        { 'upload-defer-length': '1', 'upload-length': '9' },
        { 'upload-defer-length': '1', 'upload-concat': 'parts' },
      ] as Array<Record<string, string>>
    ) {
      const response = await call(app, 'POST', '/v1/admin/uploads', {
        token: admin.token,
        headers: {
          'tus-resumable': '1.0.0',
          'upload-metadata': encodeMetadata({ itemId: movie }),
          ...lengthHeaders,
        },
      })
      expectProblem(t, response, 'malformed-request', 400)
    }
    const wrongType = await call(app, 'PATCH', url, {
      token: admin.token,
      body: clip,
      headers: { 'tus-resumable': '1.0.0', 'upload-offset': '1000', 'content-type': 'video/mp4' },
    })
    expectProblem(t, wrongType, 'unsupported-media-type', 415)
    expectProblem(t, await admin.get('/v1/admin/uploads/nonsense'), 'not-found', 404)
    t.strictSame((await admin.get('/v1/admin/uploads')).body.items.length, 2)
  })

  t.test('a request with another protocol version, or none, is a 412 before anything else', async (t) => {
    const url = String((await createUpload(test)).headers.location)
    for (const version of ['0.2.2', '1.0', '2.0.0', '', undefined]) {
      for (
        const [method, target] of [['POST', '/v1/admin/uploads'], ['PATCH', url], ['HEAD', url], ['POST', url]] as const
      ) {
        const response = await call(app, method, target, {
          token: admin.token,
          ...method === 'PATCH' ? { body: 'x' } : {},
          headers: {
            ...version === undefined ? {} : { 'tus-resumable': version },
            'upload-length': 'nonsense',
            ...method === 'PATCH' ? { 'content-type': 'video/mp4' } : {},
          },
        })
        t.equal(response.status, 412, `${method} ${String(version)}`)
        t.equal(response.headers['tus-version'], '1.0.0')
        if (method !== 'HEAD') expectProblem(t, response, 'tus-version-mismatch')
      }
    }
    const deletion = await call(app, 'DELETE', url, { token: admin.token, headers: { 'tus-resumable': '0.2.2' } })
    t.match(deletion, { status: 412, headers: { 'tus-version': '1.0.0' } })
    t.match(await admin.delete(url), { status: 412, headers: { 'tus-version': '1.0.0' } }, 'an unfinished upload')
  })

  t.test('POST replaces the other methods where a network allows no other', async (t) => {
    const post = async (url: string, method: string, headers: Record<string, string> = {}, body?: Buffer) =>
      await call(app, 'POST', url, {
        token: admin.token,
        headers: { 'tus-resumable': '1.0.0', 'x-http-method-override': method, ...headers },
        ...body === undefined ? {} : { body },
      })
    const url = String((await createUpload(test)).headers.location)
    const patch = async (offset: number, body: Buffer) =>
      await post(url, 'PATCH', { 'upload-offset': String(offset), 'content-type': PATCH_TYPE }, body)
    t.match(await patch(0, clip.subarray(0, 1_000)), { status: 204, headers: { 'upload-offset': '1000' } })
    expectProblem(t, await patch(0, clip), 'upload-offset-mismatch', 409)
    t.match(await post(url, 'head'), { status: 200, headers: { 'upload-offset': '1000' } })
    t.match(await patch(1_000, clip.subarray(1_000)), {
      status: 204,
      headers: { 'upload-offset': String(clip.length) },
    })
    t.match(await readResult(test, url), { state: 'ready' })
    const other = String((await createUpload(test)).headers.location)
    t.equal((await post(other, 'DELETE')).status, 204)
    t.equal((await admin.get(other)).status, 404)
    for (const method of ['GET', 'PUT', 'nonsense', '']) {
      expectProblem(t, await post(url, method), 'validation-failed', 400)
    }
    const member = await signUp(app)
    const headers = { 'tus-resumable': '1.0.0', 'x-http-method-override': 'HEAD' }
    expectProblem(t, await call(app, 'POST', url, { token: member.token, headers }), 'forbidden', 403)
  })

  t.test('the creation request may contain the first bytes, and the item may be an episode', async (t) => {
    const show = await addShow(app, admin, {}, [])
    const response = await call(app, 'POST', '/v1/admin/uploads', {
      token: admin.token,
      body: clip,
      headers: {
        'tus-resumable': '1.0.0',
        'upload-length': String(clip.length),
        'upload-metadata': encodeMetadata({ itemId: show.episodes[0] ?? '' }),
        'content-type': PATCH_TYPE,
      },
    })
    t.equal(response.status, 201)
    t.equal(response.headers['upload-offset'], String(clip.length))
    t.match(await readResult(test, String(response.headers.location)), { state: 'ready' })
    t.equal((await admin.get(`/v1/shows/${show.id}/seasons/1`)).body.episodes[0].mediaFiles.length, 1)
  })

  t.test('only administrators have access, and another administrator can resume an upload', async (t) => {
    const url = String((await createUpload(test)).headers.location)
    const member = await signUp(app)
    for (const method of ['POST', 'PATCH', 'DELETE', 'GET'] as const) {
      const target = method === 'POST' ? '/v1/admin/uploads' : url
      expectProblem(
        t,
        await call(app, method, target, { token: member.token, headers: { 'tus-resumable': '1.0.0' } }),
        'forbidden',
        403,
      )
      expectProblem(t, await call(app, method, target, { headers: { 'tus-resumable': '1.0.0' } }), 'unauthorized', 401)
    }
    t.equal((await call(app, 'HEAD', url, { token: member.token, headers: { 'tus-resumable': '1.0.0' } })).status, 403)
    expectProblem(t, await member.get('/v1/admin/uploads'), 'forbidden', 403)
    const other = await signUpAdmin(app)
    t.equal((await patchUpload(test, url, 0, clip, other.token)).status, 204)
    t.match(await readResult(test, url), { state: 'ready', startedBy: admin.accountId })
  })

  t.test('OPTIONS describes the server, and allowed browser origins can read the headers', async (t) => {
    const plain = await app.inject({ method: 'OPTIONS', url: '/v1/admin/uploads' })
    t.equal(plain.statusCode, 204)
    t.match(plain.headers, {
      'tus-resumable': '1.0.0',
      'tus-version': '1.0.0',
      'tus-max-size': String(MAX_BYTES),
      'tus-extension': 'creation,creation-with-upload,creation-defer-length,concatenation,termination,expiration',
    })
    t.equal(plain.headers['access-control-allow-origin'], undefined)
    const preflight = (origin: string, url: string) =>
      app.inject({
        method: 'OPTIONS',
        url,
        headers: {
          origin,
          'access-control-request-method': 'PATCH',
          'access-control-request-headers': 'tus-resumable,upload-offset',
        },
      })
    for (const url of ['/v1/admin/uploads', `/v1/admin/uploads/${'0'.repeat(24)}`]) {
      const allowed = await preflight('https://studio.example.com', url)
      t.equal(allowed.statusCode, 204)
      t.match(allowed.headers, {
        'access-control-allow-origin': 'https://studio.example.com',
        'access-control-allow-methods': /PATCH/,
        'access-control-allow-headers': /upload-offset/,
      })
      t.equal((await preflight('https://evil.example.com', url)).headers['access-control-allow-origin'], undefined)
    }
    const created = await createUpload(test, { headers: { origin: 'https://studio.example.com' } })
    t.match(created.headers['access-control-expose-headers'], /Upload-Offset/)
    t.equal(created.headers['access-control-allow-origin'], 'https://studio.example.com')
  })
})
