// Sizes of images: widths, formats, caching, and what happens to them when their image is replaced or deleted.
import sharp from 'sharp'
import t from 'tap'
import { Image, imageKeys, type StoredImage } from '../../../models/image.js'
import { runChecks } from '../../../src/doctor/doctor.js'
import { createImageSizes } from '../../../src/media/images/image-sizes.js'
import { createStorageStatistics } from '../../../src/statistics/storage-statistics.js'
import { containerOf } from '../../support/app.js'
import { addMovie } from '../../support/catalogue.js'
import { expectProblem } from '../../support/requests.js'
import { startSidecarTest } from '../sidecar-test.js'

const DAY_MS = 24 * 3_600_000
const makeImage = async (width: number, height: number): Promise<Buffer> => {
  const noise = { type: 'gaussian', mean: 128, sigma: 30 } as const
  return await sharp({ create: { width, height, channels: 3, background: '#888', noise } }).jpeg().toBuffer()
}

t.test('image sizes', async (t) => {
  const { app, admin, kim, show, send, get } = await startSidecarTest(t)
  const movie = await addMovie(app, admin, {}, [])
  const backdrop = await makeImage(1_000, 500)
  const post = async (bytes: Buffer, kind = 'backdrop'): Promise<string> =>
    (await send(`/v1/admin/titles/${movie}/${kind}`, bytes, 'image/jpeg')).body[`${kind}Url`]
  const read = async (url: string, accept = '*/*') => {
    const { statusCode, headers, rawPayload } = await app.inject({ url, headers: { accept } })
    t.equal(statusCode, 200, url)
    const { format, width, height } = await sharp(rawPayload).metadata()
    return { type: headers['content-type'], format, width, height, headers, bytes: rawPayload }
  }
  const findings = async () => {
    const now = (): Date => new Date(containerOf(app).now().getTime() + 2 * DAY_MS)
    return (await runChecks({ ...containerOf(app), now }, false, () => {})).findings
  }

  await t.test('have fixed widths, and never enlarge an image', async (t) => {
    const url = await post(backdrop)
    for (
      const [width, expected] of [[1, 160], [160, 160], [161, 320], [640, 640], [641, 1_000], [4_096, 1_000]] as const
    ) {
      const size = await read(`${url}?width=${width}`)
      t.match(size, { type: 'image/webp', format: 'webp', width: expected, height: expected / 2 }, `width ${width}`)
      t.equal(size.headers['cache-control'], 'public, max-age=31536000, immutable')
    }
    t.match(await read(`${url}?format=webp`), { format: 'webp', width: 1_000 }, 'without a width')
    const original = await read(url)
    t.match(original, { type: 'image/jpeg', width: 1_000 })
    t.ok(original.bytes.equals(backdrop))
    for (const query of ['width=0', 'width=-5', 'width=1.5', 'width=wide', 'width=5000', 'format=gif']) {
      expectProblem(t, await kim.get(`${url}?${query}`), 'validation-failed', 400)
    }
  })

  await t.test('are AVIF for clients that accept it, or by request', async (t) => {
    const url = `${await post(backdrop)}?width=320`
    const avif = await read(url, 'image/avif,image/webp,*/*;q=0.8')
    t.match(avif, { type: 'image/avif', format: 'heif', width: 320, height: 160 })
    t.match(String(avif.headers['vary']), /Accept/)
    t.match(await read(url, 'image/webp,*/*;q=0.8'), { type: 'image/webp' })
    t.match(await read(url, 'image/webp,image/avif,*/*;q=0.8'), { type: 'image/avif' })
    for (const accept of ['image/avif;q=0, image/webp', 'image/avif; q=0.0, */*']) {
      const webp = await read(url, accept)
      t.match(webp, { type: 'image/webp' }, accept)
      t.match(String(webp.headers['vary']), /Accept/)
    }
    t.match(await read(`${url}&format=avif`), { type: 'image/avif' })
    t.match(await read(`${url}&format=webp`, 'image/avif'), { type: 'image/webp' })
    const { headers } = await app.inject({ url, headers: { 'if-none-match': String(avif.headers['etag']) } })
    t.not(headers['etag'], avif.headers['etag'], 'each format has its own tag')
    const repeated = await app.inject({
      url: `${url}&format=avif`,
      headers: { 'if-none-match': String(avif.headers['etag']) },
    })
    t.equal(repeated.statusCode, 304)
  })

  await t.test('exist for posters, backdrops, logos, stills and pictures of people', async (t) => {
    const logo = await sharp({ create: { width: 400, height: 100, channels: 4, background: '#0000' } }).png().toBuffer()
    const cast = [{ name: 'Carrie-Anne Moss', role: 'Trinity' }]
    const { body: { credits: { cast: [person] } } } = await admin.patch(`/v1/admin/movies/${movie}`, { cast })
    const still = await send(`/v1/admin/shows/${show.id}/seasons/1/episodes/1/still`, backdrop, 'image/jpeg')
    const picture = await send(`/v1/admin/people/${person.personId}/picture`, backdrop, 'image/jpeg')
    const logoUrl = await post(logo, 'logo')
    const urls = [await post(backdrop, 'poster'), await post(backdrop), logoUrl, still.body.stillUrl]
    for (const url of [...urls, picture.body.pictureUrl]) {
      for (const format of ['webp', 'avif']) {
        t.match(await read(`${url}?width=160&format=${format}`), { type: `image/${format}`, width: 160 })
      }
    }
    const { isOpaque } = await sharp((await read(`${logoUrl}?width=160`)).bytes).stats()
    t.equal(isOpaque, false, 'a logo keeps its clear ground')
    t.strictSame(await findings(), [])
  })

  await t.test('are made once, also when several clients request one at the same time', async (t) => {
    const url = await post(backdrop)
    const id = url.split('/').at(-1)
    const sizes = await Promise.all(Array.from({ length: 8 }, async () => await read(`${url}?width=320`)))
    t.equal(new Set(sizes.map(({ headers }) => headers['etag'])).size, 1)
    const image = await Image.findById(id).lean<StoredImage>()
    t.match(image?.sizes, [{ width: 320, format: 'webp' }])
    // Two processes that have read the image before one of them made the size.
    const stale = { ...image!, sizes: [] }
    const [one, two] = await Promise.all(
      [1, 2].map(async () => await createImageSizes(containerOf(app)).find(stale, 160, 'webp')),
    )
    t.equal(one?.storageKey, two?.storageKey)
    t.equal((await Image.findById(id).lean<StoredImage>())?.sizes?.length, 2)
    t.strictSame(await findings(), [])
    const keys = (await Image.find().lean<StoredImage[]>()).flatMap(imageKeys)
    const counts = await createStorageStatistics(() => new Date()).count()
    t.equal(counts.find(({ kind }) => kind === 'artwork')?.objects, keys.length, 'statistics count them')
  })

  await t.test('are removed with their image', async (t) => {
    const first = await post(backdrop)
    await read(`${first}?width=160`)
    const second = await post(backdrop)
    await read(`${second}?width=160`)
    expectProblem(t, await get(`${first}?width=160`), 'not-found', 404)
    const stale = await Image.findById(second.split('/').at(-1)).lean<StoredImage>()
    await admin.delete(`/v1/admin/movies/${movie}`)
    expectProblem(t, await get(`${second}?width=160`), 'not-found', 404)
    await t.rejects(createImageSizes(containerOf(app)).find({ ...stale!, sizes: [] }, 320, 'webp'), {
      name: 'ObjectNotFoundError',
    })
    t.strictSame(await findings(), [])
  })

  await t.test('that take long to make, or cannot be stored, are the original for now', async (t) => {
    const other = await addMovie(app, admin, {}, [])
    const { body } = await send(`/v1/admin/titles/${other}/backdrop`, backdrop, 'image/jpeg')
    const image = await Image.findById(body.backdropUrl.split('/').at(-1)).lean<StoredImage>()
    const { storage, log } = containerOf(app)
    t.equal(await createImageSizes({ storage, log }, 0).find(image!, 320, 'webp'), null)
    const patient = createImageSizes({ storage, log }, 60_000)
    t.match(await patient.find(image!, 320, 'webp'), { width: 320 }, 'a later request gets it')
    const warnings: string[] = []
    const failing = createImageSizes({
      storage: {
        ...storage,
        create: async () => {
          throw new Error('no response')
        },
      },
      log: { warn: (_details: object, message: string) => warnings.push(message) } as never,
    }, 60_000)
    t.equal(await failing.find(image!, 640, 'webp'), null)
    t.strictSame(warnings, ['a size of an image could not be made'])
  })

  await t.test('of an image that cannot be decoded are the original', async (t) => {
    const other = await addMovie(app, admin, {}, [])
    const bytes = Buffer.from([0xff, 0xd8, 0xff, 0, 0])
    const { body: { posterUrl } } = await send(`/v1/admin/titles/${other}/poster`, bytes, 'image/jpeg')
    const { statusCode, headers, rawPayload } = await app.inject(`${posterUrl}?width=320`)
    t.equal(statusCode, 200)
    t.match(headers, { 'content-type': 'image/jpeg', 'cache-control': 'public, max-age=60' })
    t.ok(rawPayload.equals(bytes))
  })
})
