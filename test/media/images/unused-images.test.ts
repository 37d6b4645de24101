// Images that nothing shows any more are removed after a day, and the doctor finds them.
import t from 'tap'
import { Image } from '../../../models/image.js'
import { runChecks } from '../../../src/doctor/doctor.js'
import { removeUnusedImages } from '../../../src/media/images/unused-images.js'
import { containerOf } from '../../support/app.js'
import { addMovie } from '../../support/catalogue.js'
import { PNG, startSidecarTest } from '../sidecar-test.js'

const HOUR_MS = 3_600_000

t.test('images that nothing shows', async (t) => {
  const { app, admin, show, get, send } = await startSidecarTest(t)
  const cast = [{ name: 'Guy Pearce', role: 'Leonard' }]
  const movie = await addMovie(app, admin, { title: 'Memento', cast }, [])
  const other = await addMovie(app, admin, { title: 'Insomnia' }, [])
  const episodeUrl = (season: number): string => `/v1/admin/shows/${show.id}/seasons/${season}/episodes/1`
  const { body: { credits } } = await admin.get(`/v1/movies/${movie}`)
  // Tokens would expire with the clock of the app.
  let offsetMs = 0
  const advance = (ms: number): void => {
    offsetMs += ms
  }
  const container = { ...containerOf(app), now: () => new Date(Date.now() + offsetMs) }
  const run = async (): Promise<void> => {
    await removeUnusedImages(container)
  }
  const upload = async (url: string): Promise<string> => {
    const { status, body } = await send(url, PNG, 'image/png')
    t.equal(status, 201, url)
    return `/v1/images/${body.imageId}`
  }
  const findings = async () => {
    const findings = (await runChecks(container, false, () => {})).findings
    return findings.filter(({ subject }) => subject.startsWith('image'))
  }
  const countObjects = async (): Promise<number> => {
    let count = 0
    for await (const { key } of container.storage.list()) if (key.startsWith('images/')) count++
    return count
  }

  const [poster, backdrop, logo] = [
    await upload(`/v1/admin/titles/${movie}/poster`),
    await upload(`/v1/admin/titles/${movie}/backdrop`),
    await upload(`/v1/admin/titles/${movie}/logo`),
  ]
  const still = await upload(`${episodeUrl(1)}/still`)
  const picture = await upload(`/v1/admin/people/${credits.cast[0].personId}/picture`)
  let collection = ''
  const all = [poster, backdrop, logo, still, picture]
  const listServed = async (): Promise<string[]> => {
    const served: string[] = []
    for (const url of all) if ((await get(url)).status === 200) served.push(url)
    return served
  }

  await t.test('used images stay', async (t) => {
    await run()
    advance(48 * HOUR_MS)
    await run()
    t.strictSame(await listServed(), all)
    t.strictSame(await findings(), [])
  })

  await t.test('a replaced image is served for a day, and removed with its sizes', async (t) => {
    t.equal((await get(`${poster}?width=160`)).status, 200)
    await admin.patch(`/v1/admin/movies/${movie}`, { posterUrl: 'https://img.example.com/p.jpg' })
    const problem = 'no title, episode, collection, person or profile shows it'
    t.match(await findings(), [{ problem }], 'of an older image')
    await run()
    t.strictSame(await findings(), [], 'the job removes it in time')
    advance(23 * HOUR_MS)
    await run()
    t.strictSame(await listServed(), all)
    advance(2 * HOUR_MS)
    t.match(await findings(), [{ subject: `image ${poster.split('/').at(-1)}` }])
    await run()
    t.strictSame(await listServed(), all.filter((url) => url !== poster))
    t.equal(await countObjects(), 4)
    t.strictSame(await findings(), [])
  })

  await t.test('an image that is used again stays', async (t) => {
    await admin.patch(`/v1/admin/movies/${movie}`, { backdropUrl: null })
    await run()
    advance(23 * HOUR_MS)
    await admin.patch(`/v1/admin/movies/${other}`, { backdropUrl: backdrop })
    await run()
    await admin.patch(`/v1/admin/movies/${other}`, { backdropUrl: null })
    advance(2 * HOUR_MS)
    await run()
    t.ok((await listServed()).includes(backdrop), 'the day starts again')
    const { status, body } = await admin.post('/v1/admin/collections', {
      kind: 'series',
      title: 'Nolan',
      posterUrl: backdrop,
      titleIds: [movie, other],
    })
    t.equal(status, 201)
    collection = body.id
    advance(30 * HOUR_MS)
    await run()
    t.ok((await listServed()).includes(backdrop), 'a collection shows it')
  })

  await t.test('the image of an avatar stays, also by an absolute URL or with a size', async (t) => {
    const profile = `/v1/profiles/${admin.profileId}`
    await admin.patch(`/v1/admin/movies/${movie}`, { logoUrl: null })
    for (const avatar of [logo, `https://films.example.com${logo}?width=160`]) {
      t.equal((await admin.patch(profile, { avatar })).status, 200)
      await run()
      advance(25 * HOUR_MS)
      t.strictSame(await findings(), [])
      await run()
      t.ok((await listServed()).includes(logo), avatar)
    }
    await admin.patch(profile, { avatar: `/v1/images/${'0'.repeat(24)}` })
    await run()
    advance(25 * HOUR_MS)
    await run()
    t.notOk((await listServed()).includes(logo), 'an avatar of another image')
  })

  await t.test('a removed season, collection and picture leave no image', async (t) => {
    t.equal((await admin.delete(`/v1/admin/collections/${collection}`)).status, 204)
    t.equal((await admin.delete(`/v1/admin/shows/${show.id}/seasons/1`)).status, 204)
    t.equal((await admin.delete(`/v1/admin/people/${credits.cast[0].personId}/picture`)).status, 204)
    await run()
    advance(25 * HOUR_MS)
    await run()
    t.strictSame(await listServed(), [])
    t.equal(await countObjects(), 0)
    t.equal(await Image.countDocuments(), 0)
  })

  await t.test('the doctor removes what the job has not', async (t) => {
    offsetMs = 0
    const url = await upload(`/v1/admin/titles/${movie}/poster`)
    await admin.patch(`/v1/admin/movies/${movie}`, { posterUrl: null })
    t.strictSame(await findings(), [], 'younger than a day')
    advance(25 * HOUR_MS)
    const { findings: [found] } = await runChecks(container, true, () => {})
    t.match(found, { subject: `image ${url.split('/').at(-1)}` })
    t.equal((await get(url)).status, 404)
    t.equal(await countObjects(), 0)
  })
})
