// Logos of titles, stills of episodes and pictures of people: upload by staff, responses, replacement and removal.
import t from 'tap'
import { Image } from '../../../models/image.js'
import { orphanedMedia } from '../../../src/doctor/orphans.js'
import { containerOf } from '../../support/app.js'
import { addMovie } from '../../support/catalogue.js'
import { expectProblem, type TestResponse } from '../../support/requests.js'
import { JPEG, PNG, startSidecarTest, WEBP } from '../sidecar-test.js'

const UNKNOWN_ID = '665f1c2e9b1e8a0012ab34cd'

t.test('artwork', async (t) => {
  const { app, admin, kim, show, send, get } = await startSidecarTest(t)

  t.test('a logo replaces the one before', async (t) => {
    const movie = await addMovie(app, admin, {}, [])
    const post = async (bytes: Buffer, id = movie): Promise<TestResponse> =>
      await send(`/v1/admin/titles/${id}/logo`, bytes, 'image/png')
    t.equal((await kim.get(`/v1/movies/${movie}`)).body.logoUrl, null)
    const first = await post(PNG)
    t.match(first, { status: 201, body: { logoUrl: `/v1/images/${first.body.imageId}` } })
    t.equal((await kim.get(`/v1/movies/${movie}`)).body.logoUrl, first.body.logoUrl)
    const second = await post(WEBP)
    t.equal((await get(second.body.logoUrl)).status, 200)
    expectProblem(t, await get(first.body.logoUrl), 'not-found', 404)
    t.match(await admin.patch(`/v1/admin/movies/${movie}`, { logoUrl: null }), { status: 200, body: { logoUrl: null } })
    expectProblem(t, await post(PNG, UNKNOWN_ID), 'not-found', 404)
    expectProblem(t, await send(`/v1/admin/titles/${movie}/logo`, PNG, 'image/png', kim.token), 'forbidden', 403)
  })

  t.test('a still belongs to one episode, stays when the episode moves, and ends with the show', async (t) => {
    const url = `/v1/admin/shows/${show.id}/seasons/1/episodes/1`
    const post = async (bytes: Buffer, of = url): Promise<TestResponse> =>
      await send(`${of}/still`, bytes, 'image/jpeg')
    const stillsOf = async (season: number): Promise<Array<string | null>> =>
      (await kim.get(`/v1/shows/${show.id}/seasons/${season}`)).body.episodes
        .map(({ stillUrl }: { stillUrl: string | null }) => stillUrl)
    t.strictSame(await stillsOf(1), [null, null])
    const first = await post(JPEG)
    t.match(first, { status: 201, body: { stillUrl: `/v1/images/${first.body.imageId}` } })
    t.strictSame(await stillsOf(1), [first.body.stillUrl, null])
    const uploads = await Promise.all([post(PNG), post(WEBP)])
    t.strictSame(uploads.map(({ status }) => status), [201, 201], 'two at once')
    const [still] = await stillsOf(1)
    t.ok(uploads.some(({ body }) => body.stillUrl === still))
    t.equal(await Image.countDocuments({ title: show.id }), 1, 'the replaced ones are removed')
    t.equal((await admin.patch(url, { season: 3, number: 7 })).body.stillUrl, still)
    t.strictSame(await stillsOf(3), [still])
    await admin.patch(`/v1/admin/shows/${show.id}/seasons/3/episodes/7`, { season: 1, number: 1 })
    t.equal((await admin.patch(url, { stillUrl: null })).body.stillUrl, null)
    const external = 'https://images.example/still.jpg'
    t.equal((await admin.patch(url, { stillUrl: external })).body.stillUrl, external)
    for (const other of [`/v1/admin/shows/${UNKNOWN_ID}/seasons/1/episodes/1`, url.replace(/1$/, '9')]) {
      expectProblem(t, await post(PNG, other), 'not-found', 404)
    }
    expectProblem(t, await send(`${url}/still`, PNG, 'image/png', kim.token), 'forbidden', 403)
    expectProblem(t, await post(Buffer.from('text')), 'unreadable-image', 422)
  })

  t.test('the picture of a person is in the credits of all titles and on the page of the person', async (t) => {
    const cast = [{ name: 'John Cleese', role: 'Basil' }, { name: 'Prunella Scales', role: 'Sybil' }]
    const movies = [
      await addMovie(app, admin, { title: 'Clockwise', cast }, []),
      await addMovie(app, admin, { title: 'A Fish Called Wanda', cast, genres: ['Comedy'] }, []),
    ]
    const picturesOf = async (id: string): Promise<Array<string | null>> =>
      (await kim.get(`/v1/movies/${id}`)).body.credits.cast
        .map(({ pictureUrl }: { pictureUrl: string | null }) => pictureUrl)
    const { items: [person] } = (await kim.get('/v1/people?q=cleese')).body
    t.equal(person.pictureUrl, null)
    for (const id of movies) t.strictSame(await picturesOf(id), [null, null])
    const url = `/v1/admin/people/${person.id}/picture`
    const first = await send(url, PNG, 'image/png')
    t.match(first, { status: 201, body: { pictureUrl: `/v1/images/${first.body.imageId}` } })
    const { pictureUrl } = first.body
    for (const id of movies) t.strictSame(await picturesOf(id), [pictureUrl, null], 'cached pages have it too')
    t.equal((await kim.get(`/v1/people/${person.id}`)).body.pictureUrl, pictureUrl)
    t.equal((await kim.get('/v1/people?q=cleese')).body.items[0].pictureUrl, pictureUrl)
    const second = await send(url, JPEG, 'image/jpeg')
    expectProblem(t, await get(pictureUrl), 'not-found', 404)
    t.equal((await get(second.body.pictureUrl)).headers['content-type'], 'image/jpeg')
    for (let i = 0; i < 2; i++) t.equal((await admin.delete(url)).status, 204)
    t.strictSame(await picturesOf(movies[0] ?? ''), [null, null])
    expectProblem(t, await get(second.body.pictureUrl), 'not-found', 404)
    expectProblem(t, await send(`/v1/admin/people/${UNKNOWN_ID}/picture`, PNG, 'image/png'), 'not-found', 404)
    expectProblem(t, await send(url, PNG, 'image/png', kim.token), 'forbidden', 403)
  })

  t.test('the doctor removes images without an owner, and no others', async (t) => {
    const movie = await addMovie(app, admin, { title: 'Privates on Parade', cast: [{ name: 'Dennis Quilley' }] }, [])
    const { items: [person] } = (await kim.get('/v1/people?q=quilley')).body
    const { body } = await send(`/v1/admin/people/${person.id}/picture`, PNG, 'image/png')
    const stored = (await Image.findById(body.imageId).lean())!
    const _id = '665f1c2e9b1e8a0012ab34ce'
    await Image.create({ ...stored, _id, storageKey: `${stored.storageKey}-replaced` })
    await admin.delete(`/v1/admin/movies/${movie}`)
    const findings: string[] = []
    for await (const { subject, fix } of orphanedMedia.find(containerOf(app), () => undefined)) {
      findings.push(subject)
      await fix?.()
    }
    t.strictSame(findings, [`image ${_id}`], 'the picture of a person without titles remains')
    t.equal((await get(body.pictureUrl)).status, 200)
  })
})
