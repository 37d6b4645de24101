// Responses of the operations that edit the catalogue and its media files.
import { EncodingJob } from '../../models/encoding-job.js'
import { VTT } from '../media/sidecar-test.js'
import { clipBytes } from '../support/catalogue.js'
import { containerOf } from '../support/app.js'
import { addEncodingStep } from '../support/encoding-steps.js'
import { encodeMetadata } from '../support/upload-requests.js'
import type { ExampleRequest } from './example-requests.js'
import type { RecordedDemo } from './record-examples.js'

const PIXEL = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
)
const PNG: ExampleRequest = { body: PIXEL, headers: { 'content-type': 'image/png' } }
const SUBTITLE: ExampleRequest = { body: VTT, headers: { 'content-type': 'text/vtt' } }
const CLIP: ExampleRequest = { body: clipBytes('480p-en'), headers: { 'content-type': 'video/mp4' } }
const MASTER: ExampleRequest = {
  body: Buffer.alloc(4_096, 'master'),
  headers: { 'content-type': 'application/octet-stream' },
  query: '?role=master',
}
const DRY_RUN: ExampleRequest = { query: '?dryRun=true' }

export async function recordCatalogueEdits (demo: RecordedDemo): Promise<void> {
  const { record } = demo
  await record('listTitlesForAdmin', { query: '?q=alien' })
  await record('publishTitles')
  await record('startPreview')
  const movie = { params: { movieId: (await record('createMovie')).id } }
  const created = await record('createShow')
  const show = { params: { showId: created.id } }
  await recordMedia(demo, movie, show)
  await recordArtwork(demo, movie, show)
  await record('replaceMovie', movie)
  await record('changeMovie', movie)
  await record('deleteMovie', { ...movie, ...DRY_RUN })
  await recordEpisodes(demo, show)
  await recordCollections(demo)
  await record('previewImport', {
    query: '?map=Film:title&map=Jahr:year',
    body: 'Film,Jahr,genres\nMetropolis,1927,Drama|Science Fiction\n',
    headers: { 'content-type': 'text/csv' },
  })
  await record('importCatalogue')
}

async function recordEpisodes ({ record, send }: RecordedDemo, show: ExampleRequest): Promise<void> {
  await record('replaceShow', show)
  await record('changeShow', show)
  await record('putSeason', show)
  await record('changeSeason', show)
  await record('putEpisode', show)
  await record('changeEpisode', show)
  const { episodes } = (await send('getSeason', show)).body as { episodes: Array<{ id: string }> }
  await record('orderEpisodes', { ...show, body: { episodeIds: episodes.map(({ id }) => id) } })
  for (const id of ['deleteEpisode', 'deleteSeason', 'deleteShow']) await record(id, { ...show, ...DRY_RUN })
}

async function recordCollections ({ record }: RecordedDemo): Promise<void> {
  const { id: collectionId } = await record('createCollection')
  const params = { collectionId }
  await record('replaceCollection', { params })
  await record('changeCollection', { params })
  await record('getStoredCollection', { params })
  await record('listCollectionTitlesForAdmin', { params })
  await record('listCollectionsForAdmin')
}

async function recordArtwork (
  { record }: RecordedDemo,
  movie: ExampleRequest,
  show: ExampleRequest,
): Promise<void> {
  const title = { params: { titleId: movie.params?.['movieId'] ?? '' } }
  for (const id of ['uploadPoster', 'uploadBackdrop', 'uploadLogo']) await record(id, { ...title, ...PNG })
  await record('uploadStill', { ...show, ...PNG })
  await record('uploadPersonPicture', PNG)
  await record('uploadMovieSubtitle', { ...movie, ...SUBTITLE })
  await record('listMovieSubtitles', movie)
  await record('uploadEpisodeSubtitle', { ...show, ...SUBTITLE })
  await record('listEpisodeSubtitles', show)
}

async function recordMedia (
  { app, record, send }: RecordedDemo,
  movie: ExampleRequest,
  show: ExampleRequest,
): Promise<void> {
  const { id: mediaFileId } = await record('uploadMovieMedia', { ...movie, ...CLIP })
  await record('uploadEpisodeMedia', { ...show, ...CLIP })
  await record('changeMedia', { params: { mediaFileId } })
  await record('packageMedia', { params: { mediaFileId } })
  const { packaging } = containerOf(app)
  await packaging.processPending()
  await packaging.onIdle()
  await record('listMedia')
  await record('getEncoder')
  const { id: encodingJobId } = await record('uploadMovieMedia', { ...movie, ...MASTER })
  await record('uploadEpisodeMedia', { ...show, ...MASTER })
  await EncodingJob.updateOne({ _id: encodingJobId }, { state: 'done', progress: 1, attempts: 1 })
  await addEncodingStep(encodingJobId, 'thumbnails', { state: 'done', progress: 1, attempts: 1 })
  await addEncodingStep(encodingJobId, 'pictures', { state: 'running', progress: 0.4, attempts: 2 })
  await record('getEncodingJob', { params: { encodingJobId } })
  await record('listEncodingJobs')
  await record('retryEncodingStep', { params: { encodingJobId, stepKind: 'thumbnails' } })
  await EncodingJob.updateOne({ _id: encodingJobId }, { state: 'waiting', progress: 0, attempts: 0 })
  await record('cancelEncodingJob', { params: { encodingJobId } })
  await record('retryEncodingJob', { params: { encodingJobId } })
  const season = { params: { ...show.params, season: '1' } }
  await record('detectMarkers', season)
  await record('getMarkerDetection', season)
  await record('listMarkerDetections')
  await record('countJobs')
  const { headers } = await send('beginUpload', {
    headers: {
      'tus-resumable': '1.0.0',
      'upload-length': '1048576',
      'upload-metadata': encodeMetadata({ itemId: movie.params?.['movieId'] ?? '', filename: 'giant.mp4' }),
    },
  })
  await record('getUpload', { params: { uploadId: headers.get('location')?.split('/').at(-1) ?? '' } })
  await record('listUploads')
}
