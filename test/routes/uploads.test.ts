import { Types } from 'mongoose'
import t from 'tap'
import { Media, type StoredMedia } from '../../models/media.js'
import { containerOf, startApp } from '../support/app.js'
import { addMovie, clipBytes, uploadClip } from '../support/catalogue.js'
import { call, expectProblem, type TestResponse } from '../support/requests.js'
import { signUp, signUpAdmin } from '../support/users.js'

t.test('media files', async (t) => {
  const { app, config } = await startApp(t, { MAX_UPLOAD_BYTES: '500000' })
  const admin = await signUpAdmin(app)

  const sendFile = async (
    movieId: string,
    { query = '', body = clipBytes('480p-en'), contentType = 'video/mp4' },
  ): Promise<TestResponse> =>
    await call(app, 'POST', `/v1/admin/movies/${movieId}/media${query}`, {
      token: admin.token,
      body,
      headers: { 'content-type': contentType },
    })
  const sendForm = async (movieId: string, field: string, value: string): Promise<TestResponse> => {
    const form = new FormData()
    form.append(field, value)
    form.append('file', new Blob([new Uint8Array(clipBytes('480p-en'))], { type: 'video/mp4' }), 'clip.mp4')
    const encoded = new Response(form)
    return await sendFile(movieId, {
      body: Buffer.from(await encoded.arrayBuffer()),
      contentType: encoded.headers.get('content-type') ?? '',
    })
  }

  t.test('have the metadata that probing finds, and declared languages', async (t) => {
    const id = await addMovie(app, admin, {}, ['1080p-es'])
    const file = (await admin.get(`/v1/movies/${id}`)).body.mediaFiles[0]
    t.match(file, {
      state: 'ready',
      height: 1080,
      width: 1920,
      audioLanguages: ['es'],
      videoCodec: /^avc1/,
      container: 'mp4',
      durationMs: 60_000,
      sizeBytes: 426_721,
      sha256: /^e3cf5c01671562d8/,
    })
    t.match(await uploadClip(app, admin, `movies/${id}`, '480p-en', '?language=en-GB&edition=festival'), {
      audioLanguages: ['en-GB'],
      edition: 'festival',
    })
    t.match((await admin.patch(`/v1/admin/media/${file.id}`, { edition: null, audioLanguages: ['es-MX'] })).body, {
      audioLanguages: ['es-MX'],
    })
    t.equal((await admin.delete(`/v1/admin/media/${file.id}`)).status, 204)
    t.equal((await admin.get(`/v1/movies/${id}`)).body.mediaFiles.length, 1)
    expectProblem(t, await admin.delete(`/v1/admin/media/${file.id}`), 'not-found', 404)
  })

  t.test('are all visible to administrators on any plan', async (t) => {
    const id = await addMovie(app, admin, {}, ['1080p-en'])
    await admin.put('/v1/account/plan', { plan: 'basic' })
    t.equal((await admin.get(`/v1/movies/${id}`)).body.mediaFiles.length, 1)
    const member = await signUp(app, { plan: 'basic' })
    t.equal((await member.get(`/v1/movies/${id}`)).body.mediaFiles.length, 0)
    await admin.put('/v1/account/plan', { plan: 'premium' })
  })

  t.test('lose their stored objects only with the last file that shares them', async (t) => {
    const [first, second, third] = [
      await addMovie(app, admin),
      await addMovie(app, admin, {}, []),
      await addMovie(app, admin, {}, []),
    ]
    await containerOf(app).packaging.processPending()
    await containerOf(app).packaging.onIdle()
    const { files } = (await Media.findById(first).lean<StoredMedia>())!
    const fragments = `${files[0]!.hls!.packages[0]!.prefix}/v.mp4`
    for (const _id of [second, third]) {
      await Media.create({ _id, title: _id, files: files.map((file) => ({ ...file, _id: new Types.ObjectId() })) })
    }
    const { storage, catalogue } = containerOf(app)
    for (const id of [second, third]) await catalogue.reloadTitle(id)
    const areObjectsStored = async (): Promise<boolean> => {
      const [isOriginalStored, arePackagesStored] = await Promise.all(
        [files[0]!.storageKey, fragments].map(async (key) => await storage.stat(key) !== null),
      )
      t.equal(isOriginalStored, arePackagesStored, 'the original and its package')
      return isOriginalStored!
    }
    await admin.delete(`/v1/admin/movies/${first}`)
    t.ok(await areObjectsStored())
    await admin.delete(`/v1/admin/media/${catalogue.itemFiles(second)[0]!.id}`)
    t.ok(await areObjectsStored())
    await admin.delete(`/v1/admin/movies/${third}`)
    t.notOk(await areObjectsStored())
  })

  t.test('can be uploaded in a form', async (t) => {
    const id = await addMovie(app, admin, {}, [])
    const response = await sendForm(id, 'edition', "director's cut")
    t.equal(response.status, 201)
    t.match(response.body, { edition: "director's cut", height: 480 })
  })

  t.test('are rejected if the declared tracks differ; a declared language replaces the one of the file', async (t) => {
    const id = await addMovie(app, admin, {}, [])
    const rejected = await sendFile(id, { query: '?language=en,es' })
    expectProblem(t, rejected, 'claim-mismatch', 422)
    t.match(rejected.body, { claimed: { audioLanguages: ['en', 'es'] }, found: { audioTracks: ['en'] } })
    expectProblem(t, await sendFile(id, { query: '?height=1080' }), 'validation-failed', 400)
    t.strictSame(containerOf(app).catalogue.itemFiles(id), [], 'no file is stored')
    t.match((await sendFile(id, { query: '?language=es' })).body, {
      audioLanguages: ['es'],
      audioTracks: [{ language: 'es', kind: 'main', channels: 1, codec: 'mp4a.40.2' }],
      frameRate: 12,
      height: 480,
    })
  })

  t.test('are rejected with invalid metadata in the query or in a form', async (t) => {
    const id = await addMovie(app, admin, {}, [])
    for (
      const query of ['?language=--', '?language=', '?language=en,', '?subtitles=%3Cb%3E', '?edition=', '?colour=red']
    ) expectProblem(t, await sendFile(id, { query }), 'validation-failed', 400)
    for (
      const [field, value] of [
        ['language', '<b>none</b>'],
        ['language', ''],
        ['colour', 'red'],
        ['edition', 'x'.repeat(101)],
      ] as const
    ) expectProblem(t, await sendForm(id, field, value), 'validation-failed', 400)
    t.strictSame((await admin.get(`/v1/movies/${id}`)).body.mediaFiles, [])
  })

  t.test('are rejected if they are unreadable, too large or empty, and nothing is stored', async (t) => {
    const id = await addMovie(app, admin, {}, [])
    const send = async (body: Buffer, contentType = 'video/mp4') => await sendFile(id, { body, contentType })
    expectProblem(t, await send(Buffer.from('<html>not a video at all</html>')), 'unsupported-media', 415)
    expectProblem(t, await send(clipBytes('480p-en').subarray(0, 5_000)), 'unreadable-media', 422)
    expectProblem(t, await send(clipBytes('2160p-en')), 'upload-too-large', 413)
    expectProblem(t, await send(Buffer.alloc(0)), 'empty-upload', 400)
    for (const type of ['image/png', 'application/json', 'text/plain']) {
      expectProblem(t, await send(clipBytes('480p-en'), type), 'unsupported-media-type', 415)
    }
    expectProblem(t, await send(Buffer.from('x'), 'multipart/form-data'), 'malformed-request', 400)
    expectProblem(
      t,
      await send(Buffer.from('--b\r\n\r\nx\r\n--b--'), 'multipart/form-data; boundary=b'),
      'empty-upload',
      400,
    )
    t.strictSame((await admin.get(`/v1/movies/${id}`)).body.mediaFiles, [])
    t.equal(config.maxUploadBytes, 500_000)
  })
})
