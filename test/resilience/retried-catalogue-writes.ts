// Every write of titles, collections, media files and uploads, sent again after its response was lost.
import { Types } from 'mongoose'
import { EncodingJob } from '../../models/encoding-job.js'
import { addMovie, clipBytes, uploadClip } from '../support/catalogue.js'
import { addEncodingStep } from '../support/encoding-steps.js'
import type { LostResponseWorld } from './lost-response-world.js'

const REPLACED = { media: 'the thumbnails replace themselves' }
const clip = clipBytes('480p-en')
const video = { 'content-type': 'video/mp4' }
const tus = { 'tus-resumable': '1.0.0', 'content-type': 'application/offset+octet-stream' }

/** Repeats every write of titles and collections. */
export async function retryCatalogueWrites ({ admin, movie, spare, retry }: LostResponseWorld): Promise<void> {
  const created = await retry({
    operation: 'createMovie',
    url: '/v1/admin/movies',
    as: admin,
    body: { title: 'Wings of Desire' },
  })
  await retry({
    operation: 'replaceMovie',
    url: `/v1/admin/movies/${created.id}`,
    as: admin,
    body: { title: 'Der Himmel über Berlin' },
  })
  await retry({
    operation: 'changeMovie',
    url: `/v1/admin/movies/${created.id}`,
    as: admin,
    body: { genres: ['Drama'] },
  })
  await retry({
    operation: 'publishTitles',
    url: '/v1/admin/titles/publication',
    as: admin,
    body: { titleIds: [created.id], published: false },
  })
  await retry({ operation: 'deleteMovie', url: `/v1/admin/movies/${created.id}`, as: admin, repeated: 404 })
  const added = await retry({
    operation: 'createShow',
    url: '/v1/admin/shows',
    as: admin,
    body: { title: 'Babylon Berlin', seasons: [{ number: 1, episodes: [{ number: 1, title: 'Episode 1' }] }] },
  })
  const url = `/v1/admin/shows/${added.id}`
  await retry({ operation: 'replaceShow', url, as: admin, body: { title: 'Dark' } })
  await retry({ operation: 'changeShow', url, as: admin, body: { genres: ['Drama'] } })
  await retry({ operation: 'putSeason', url: `${url}/seasons/1`, as: admin, body: { episodes: [] } })
  await retry({ operation: 'putEpisode', url: `${url}/seasons/1/episodes/1`, as: admin, body: { title: 'Episode 1' } })
  await retry({ operation: 'changeSeason', url: `${url}/seasons/1`, as: admin, body: { title: 'The first season' } })
  const [episode] = (await admin.get(`/v1/shows/${added.id}/seasons/1`)).body.episodes
  await retry({
    operation: 'detectMarkers',
    url: `${url}/seasons/1/marker-detection`,
    as: admin,
  })
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
    body: { synopsis: 'A police inspector moves to Berlin.' },
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
  await retry({
    operation: 'previewImport',
    url: '/v1/admin/import/preview',
    as: admin,
    body: Buffer.from('Film,Jahr\nNosferatu,1922\n'),
    headers: { 'content-type': 'text/csv' },
  })
  const collection = await retry({
    operation: 'createCollection',
    url: '/v1/admin/collections',
    as: admin,
    body: { title: 'Berlin on film', titleIds: [movie] },
  })
  await retry({
    operation: 'replaceCollection',
    url: `/v1/admin/collections/${collection.id}`,
    as: admin,
    body: { title: 'Berlin', titleIds: [movie] },
  })
  await retry({
    operation: 'changeCollection',
    url: `/v1/admin/collections/${collection.id}`,
    as: admin,
    body: { titleIds: [movie, spare] },
  })
  await retry({
    operation: 'deleteCollection',
    url: `/v1/admin/collections/${collection.id}`,
    as: admin,
    repeated: 404,
  })
}

const LOLA = { title: 'Run Lola Run', cast: [{ name: 'Franka Potente', role: 'Lola' }] }

/** Repeats every write of media files, subtitles, images and uploads. */
export async function retryMediaWrites (
  { t, app, admin, movie, spare, show, retry }: LostResponseWorld,
): Promise<void> {
  const item = `/v1/admin/movies/${await addMovie(app, admin, LOLA, [])}`
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
  await retry({ operation: 'startPreview', url: '/v1/admin/previews', as: admin, body: { itemId: movie } })
  await retry({ operation: 'packageMedia', url: `/v1/admin/media/${file.id}/package`, as: admin })
  const jobId = (await addEncodingJob()).toString()
  const job = `/v1/admin/encoding-jobs/${jobId}`
  await addEncodingStep(jobId, 'thumbnails', { state: 'failed' })
  await retry({ operation: 'retryEncodingStep', url: `${job}/steps/thumbnails/retry`, as: admin })
  await retry({ operation: 'cancelEncodingJob', url: `${job}/cancel`, as: admin })
  await retry({ operation: 'retryEncodingJob', url: `${job}/retry`, as: admin })
  await retry({ operation: 'deleteEncodingJob', url: job, as: admin, repeated: 404 })
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
  const pixel = Buffer.from(
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
    form.append('image', new Blob([pixel], { type: 'image/png' }), 'sprite.png')
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
    body: pixel,
    headers: { 'content-type': 'image/png' },
    mayChange: { images: 'the poster replaces itself', titles: 'its URL changes' },
  })
  await retry({
    operation: 'uploadBackdrop',
    url: `/v1/admin/titles/${movie}/backdrop`,
    as: admin,
    body: pixel,
    headers: { 'content-type': 'image/png' },
    mayChange: { images: 'the backdrop replaces itself', titles: 'its URL changes' },
  })
  await retry({
    operation: 'uploadLogo',
    url: `/v1/admin/titles/${movie}/logo`,
    as: admin,
    body: pixel,
    headers: { 'content-type': 'image/png' },
    mayChange: { images: 'the logo replaces itself', titles: 'its URL changes' },
  })
  await retry({
    operation: 'uploadStill',
    url: `${episode}/still`,
    as: admin,
    body: pixel,
    headers: { 'content-type': 'image/png' },
    mayChange: { images: 'the still replaces itself', titles: 'its URL changes' },
  })
  const { items: [person] } = (await admin.get('/v1/people?q=potente')).body
  const picture = `/v1/admin/people/${person.id}/picture`
  await retry({
    operation: 'uploadPersonPicture',
    url: picture,
    as: admin,
    body: pixel,
    headers: { 'content-type': 'image/png' },
    mayChange: { images: 'the picture replaces itself', personpictures: 'its URL changes' },
  })
  await retry({ operation: 'removePersonPicture', url: picture, as: admin })
  await retry({ operation: 'deleteMedia', url: `/v1/admin/media/${file.id}`, as: admin, repeated: 404 })
  const uploadHeaders = {
    'tus-resumable': '1.0.0',
    'upload-length': String(clip.length),
    'upload-metadata': `itemId ${btoa(spare)}`,
  }
  await retry({
    operation: 'beginUpload',
    url: '/v1/admin/uploads',
    as: admin,
    headers: uploadHeaders,
    mayChange: { mediauploads: 'an abandoned upload is removed after a day' },
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
    operation: 'overrideUploadMethod',
    url: `/v1/admin/uploads/${items[0].id}`,
    as: admin,
    headers: { ...tus, 'x-http-method-override': 'PATCH', 'upload-offset': '1000' },
    body: clip.subarray(1_000, 2_000),
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
}

async function addEncodingJob (): Promise<Types.ObjectId> {
  const [item, title] = [new Types.ObjectId(), new Types.ObjectId()]
  const { _id } = await EncodingJob.create({
    item,
    title,
    storageKey: `${item.toString()}/master`,
    sizeBytes: 1,
    sha256: '0'.repeat(64),
    nextAttemptAt: new Date(),
    createdAt: new Date(),
  })
  return _id
}
