// Placeholders of images: computed for uploads, and later for images of earlier versions.
import sharp from 'sharp'
import t from 'tap'
import { thumbHashToAverageRGBA } from 'thumbhash'
import { Image } from '../../../models/image.js'
import { Movie } from '../../../models/movie.js'
import { PersonPicture } from '../../../models/person-picture.js'
import { Show } from '../../../models/show.js'
import { createPlaceholderFiller } from '../../../src/media/images/fill-placeholders.js'
import { computePlaceholder } from '../../../src/media/images/placeholder.js'
import { containerOf } from '../../support/app.js'
import { addMovie } from '../../support/catalogue.js'
import { startSidecarTest } from '../sidecar-test.js'

const makeImage = async (colour: string, width = 300, height = 200): Promise<Buffer> =>
  await sharp({ create: { width, height, channels: 4, background: colour } }).png().toBuffer()

const averageColour = (hash: string): number[] => {
  const { r, g, b, a } = thumbHashToAverageRGBA(Buffer.from(hash, 'base64'))
  return [r, g, b, a].map((share) => Math.round(share * 10) / 10)
}

t.test('a placeholder has the colour of its image, in at most 60 characters', async (t) => {
  const red = await computePlaceholder(await makeImage('#f00'))
  t.strictSame(averageColour(red ?? ''), [1, 0, 0, 1])
  const clear = await computePlaceholder(await makeImage('#00f0', 100, 2_000))
  t.equal(averageColour(clear ?? '').at(-1), 0, 'a clear ground stays clear')
  const noise = { type: 'gaussian', mean: 128, sigma: 60 } as const
  const noisy = await sharp({ create: { width: 640, height: 480, channels: 3, background: '#888', noise } }).webp()
    .toBuffer()
  t.ok((await computePlaceholder(noisy))!.length <= 60)
  t.type(await computePlaceholder(await makeImage('#fff', 1, 1)), 'string')
  t.equal(await computePlaceholder(Buffer.from('no image')), null)
  t.equal(await computePlaceholder(Buffer.alloc(0)), null)
})

t.test('placeholders', async (t) => {
  const { app, admin, kim, show, send } = await startSidecarTest(t)
  const [red, blue] = [await makeImage('#f00'), await makeImage('#00f')]
  const cast = [{ name: 'Carrie-Anne Moss', role: 'Trinity' }]
  const movie = await addMovie(app, admin, { title: 'Memento', cast }, [])
  const episodeUrl = `/v1/admin/shows/${show.id}/seasons/1/episodes/1`
  const readMovie = async () => (await kim.get(`/v1/movies/${movie}`)).body
  const readEpisode = async () => (await kim.get(`/v1/shows/${show.id}/seasons/1/episodes/1`)).body
  const readCard = async () => (await kim.get('/v1/search?q=memento')).body.items[0]
  const { personId } = (await readMovie()).credits.cast[0]

  await t.test('of uploaded images are beside their URLs', async (t) => {
    t.match(await readMovie(), { posterPlaceholder: null, backdropPlaceholder: null, logoPlaceholder: null })
    for (const kind of ['poster', 'backdrop', 'logo']) {
      t.equal(
        (await send(`/v1/admin/titles/${movie}/${kind}`, kind === 'poster' ? red : blue, 'image/png')).status,
        201,
      )
    }
    await send(`${episodeUrl}/still`, red, 'image/png')
    await send(`/v1/admin/people/${personId}/picture`, red, 'image/png')
    const { posterPlaceholder, backdropPlaceholder, logoPlaceholder, credits } = await readMovie()
    t.strictSame(averageColour(posterPlaceholder), [1, 0, 0, 1])
    t.strictSame(averageColour(backdropPlaceholder), [0, 0, 1, 1])
    t.equal(logoPlaceholder, backdropPlaceholder)
    t.match(await readCard(), { posterPlaceholder, backdropPlaceholder })
    t.equal((await readEpisode()).stillPlaceholder, posterPlaceholder)
    t.equal(credits.cast[0].picturePlaceholder, posterPlaceholder)
    t.equal((await kim.get(`/v1/people/${personId}`)).body.picturePlaceholder, posterPlaceholder)
  })

  await t.test('are in collections, the history and the lists of administrators', async (t) => {
    const { posterUrl, posterPlaceholder, backdropUrl, backdropPlaceholder } = await readMovie()
    const findCollection = async (url: string): Promise<any> =>
      (await kim.get(url)).body.items.find(({ title }: { title: string }) => title === 'Nolan')
    const { body: { id } } = await admin.post('/v1/admin/collections', { title: 'Nolan', posterUrl, titleIds: [movie] })
    t.match(await findCollection('/v1/collections'), { posterPlaceholder })
    t.equal((await kim.get(`/v1/collections/${id}`)).body.posterPlaceholder, posterPlaceholder)
    t.match((await admin.get('/v1/admin/collections')).body.items, [{ posterPlaceholder }])
    await admin.patch(`/v1/admin/collections/${id}`, { posterUrl: backdropUrl })
    t.match(await findCollection('/v1/collections'), { posterPlaceholder: backdropPlaceholder })
    for (const other of ['https://img.example.com/p.jpg', null]) {
      await admin.patch(`/v1/admin/collections/${id}`, { posterUrl: other })
      t.match(await findCollection('/v1/collections'), { posterUrl: other, posterPlaceholder: null })
    }

    const event = { positionMs: 10_000, watchedMs: 10_000, at: new Date().toISOString() }
    t.equal((await kim.put(`/v1/profiles/${kim.profileId}/progress/${movie}`, event)).status, 200)
    t.match((await kim.get(`/v1/profiles/${kim.profileId}/history`)).body.items[0].title, { posterPlaceholder })
    const grouped = (await kim.get(`/v1/profiles/${kim.profileId}/history?group=title`)).body.items
    t.match(grouped[0]?.title, { posterPlaceholder })
    const listed = (await admin.get('/v1/admin/titles?q=memento')).body.items
    t.match(listed, [{ id: movie, posterPlaceholder }])
  })

  await t.test('belong to their image', async (t) => {
    const { posterPlaceholder } = await readMovie()
    const { stillUrl, stillPlaceholder } = await readEpisode()
    await send(`/v1/admin/titles/${movie}/poster`, blue, 'image/png')
    t.not((await readMovie()).posterPlaceholder, posterPlaceholder)
    t.equal((await Movie.findById(movie).lean())?.placeholders?.length, 3, 'that of the replaced image is removed')
    await admin.patch(`/v1/admin/movies/${movie}`, { posterUrl: 'https://img.example.com/p.jpg' })
    t.equal((await readMovie()).posterPlaceholder, null)
    t.equal((await readCard()).posterPlaceholder, null)
    await admin.put(episodeUrl, { title: 'Replaced', stillUrl })
    t.match(await readEpisode(), { stillUrl, stillPlaceholder })
    await admin.patch(episodeUrl, { stillUrl: null })
    t.match(await readEpisode(), { stillUrl: null, stillPlaceholder: null })
    await send(`/v1/admin/titles/${movie}/poster`, Buffer.from([0xff, 0xd8, 0xff, 0, 0]), 'image/jpeg')
    t.equal((await readMovie()).posterPlaceholder, null, 'an image that cannot be decoded')
    await admin.patch(`/v1/admin/movies/${movie}`, { posterUrl: null })
    await admin.delete(`/v1/admin/people/${personId}/picture`)
    t.equal((await kim.get(`/v1/people/${personId}`)).body.picturePlaceholder, null)
  })

  await t.test('of images of earlier versions are computed in the background', async (t) => {
    await send(`/v1/admin/titles/${movie}/poster`, red, 'image/png')
    await send(`${episodeUrl}/still`, blue, 'image/png')
    await send(`/v1/admin/people/${personId}/picture`, blue, 'image/png')
    const expected = [await readMovie(), (await readEpisode()).stillPlaceholder]
    await Image.updateMany({}, { $unset: { placeholder: 1 } })
    await Movie.updateMany({}, { $unset: { placeholders: 1 } })
    await Show.collection.updateMany({}, { $unset: { 'seasons.$[].episodes.$[].stillPlaceholder': 1 } })
    await PersonPicture.updateMany({}, { $unset: { placeholder: 1 } })
    const { catalogue } = containerOf(app)
    await catalogue.reloadTitles([movie, show.id])
    await catalogue.reloadPersonPicture(personId)
    t.match(await readMovie(), { posterPlaceholder: null, credits: { cast: [{ picturePlaceholder: null }] } })
    const fill = createPlaceholderFiller(containerOf(app))
    await fill()
    t.strictSame([await readMovie(), (await readEpisode()).stillPlaceholder], expected)
    t.ok((await readCard()).posterPlaceholder)
    t.equal(await Image.collection.countDocuments({ placeholder: { $exists: false } }), 0)
    const revision = (await Movie.findById(movie).lean())?.__v
    await fill()
    await fill()
    t.equal((await Movie.findById(movie).lean())?.__v, revision, 'once')
  })
})
