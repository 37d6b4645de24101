// Posters: upload by administrators, delivery and removal.
import { randomBytes } from 'node:crypto'
import t from 'tap'
import { MAX_IMAGE_BYTES } from '../../../src/media/images/images.js'
import { addMovie } from '../../support/catalogue.js'
import { call, expectProblem, type TestResponse } from '../../support/requests.js'
import { JPEG, PNG, startSidecarTest, WEBP } from '../sidecar-test.js'

t.test('posters', async (t) => {
  const { app, admin, kim, show, send, get } = await startSidecarTest(t)

  t.test('an uploaded poster is cached permanently and removed with the next poster or the title', async (t) => {
    const other = await addMovie(app, admin, {}, [])
    const post = async (bytes: Buffer, type: string, id = other): Promise<TestResponse> =>
      await send(`/v1/admin/titles/${id}/poster`, bytes, type)
    const first = await post(JPEG, 'image/jpeg')
    t.match(first, { status: 201, body: { posterUrl: `/v1/images/${first.body.imageId}` } })
    t.equal((await kim.get(`/v1/movies/${other}`)).body.posterUrl, first.body.posterUrl)
    const image = await get(first.body.posterUrl)
    t.match(image, {
      status: 200,
      headers: {
        'content-type': 'image/jpeg',
        'cache-control': 'public, max-age=31536000, immutable',
        'x-content-type-options': 'nosniff',
      },
    })
    t.ok(image.bytes.equals(JPEG))
    t.equal(
      (await call(app, 'GET', first.body.posterUrl, { headers: { 'if-none-match': String(image.headers['etag']) } }))
        .status,
      304,
    )
    const second = await post(WEBP, 'image/png')
    t.equal((await get(second.body.posterUrl)).headers['content-type'], 'image/webp')
    expectProblem(t, await get(first.body.posterUrl), 'not-found', 404)
    const { body } = await admin.get(`/v1/movies/${other}`)
    t.match(
      await admin.patch(`/v1/admin/movies/${other}`, { posterUrl: body.posterUrl }),
      { status: 200 },
      'the URL is accepted in an edit',
    )
    expectProblem(
      t,
      await admin.patch(`/v1/admin/movies/${other}`, { posterUrl: '/etc/passwd' }),
      'validation-failed',
      400,
    )
    expectProblem(t, await post(randomBytes(50), 'image/png'), 'unreadable-image', 422)
    expectProblem(t, await post(Buffer.from('x'), 'image/gif'), 'unsupported-media-type', 415)
    expectProblem(t, await post(PNG, 'image/png', '665f1c2e9b1e8a0012ab34cd'), 'not-found', 404)
    expectProblem(
      t,
      await post(Buffer.concat([PNG, Buffer.alloc(MAX_IMAGE_BYTES + 1 - PNG.length)]), 'image/png'),
      'body-too-large',
      413,
    )
    expectProblem(t, await send(`/v1/admin/titles/${other}/poster`, PNG, 'image/png', kim.token), 'forbidden', 403)
    t.equal((await post(PNG, 'image/png', show.id)).status, 201, 'shows have posters too')
    await admin.delete(`/v1/admin/movies/${other}`)
    expectProblem(t, await get(second.body.posterUrl), 'not-found', 404)
  })

  t.test('a backdrop is uploaded beside the poster, replaced and removed with the title', async (t) => {
    const other = await addMovie(app, admin, {}, [])
    const url = `/v1/admin/titles/${other}/backdrop`
    const poster = await send(`/v1/admin/titles/${other}/poster`, PNG, 'image/png')
    const first = await send(url, WEBP, 'image/webp')
    t.match(first, { status: 201, body: { backdropUrl: `/v1/images/${first.body.imageId}` } })
    t.match((await kim.get(`/v1/movies/${other}`)).body, {
      posterUrl: poster.body.posterUrl,
      backdropUrl: first.body.backdropUrl,
    })
    const second = await send(url, JPEG, 'image/jpeg')
    t.equal((await get(second.body.backdropUrl)).headers['content-type'], 'image/jpeg')
    t.equal((await get(first.body.backdropUrl)).status, 404)
    t.equal((await get(poster.body.posterUrl)).status, 200, 'the poster stays')
    t.equal((await admin.patch(`/v1/admin/movies/${other}`, { backdropUrl: second.body.backdropUrl })).status, 200)
    expectProblem(t, await send(url, Buffer.from('GIF89a'), 'image/png'), 'unreadable-image', 422)
    expectProblem(t, await send(url, PNG, 'image/png', kim.token), 'forbidden', 403)
    await admin.delete(`/v1/admin/movies/${other}`)
    t.equal((await get(second.body.backdropUrl)).status, 404)
  })

  t.test('concurrent uploads leave one poster', async (t) => {
    const other = await addMovie(app, admin, {}, [])
    const responses = await Promise.all(
      [JPEG, PNG, WEBP].map(async (bytes) => await send(`/v1/admin/titles/${other}/poster`, bytes, 'image/jpeg')),
    )
    t.ok(responses.some(({ status }) => status === 201))
    const { body } = await kim.get(`/v1/movies/${other}`)
    t.equal((await get(body.posterUrl)).status, 200)
    const replaced = responses.filter(({ status, body: result }) =>
      status === 201 && result.posterUrl !== body.posterUrl
    )
    for (const { body: result } of replaced) t.equal((await get(result.posterUrl)).status, 404)
  })
})
