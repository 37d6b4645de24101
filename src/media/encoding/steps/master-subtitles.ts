// Stores the texts of a master as subtitles of its item. Tracks are extracted when the lowest rendition is published;
// the step checks that all are there, and extracts them again if not. It also reads the captions inside the pictures.
import { Media, type StoredMedia } from '../../../../models/media.js'
import type { StoredEmbeddedSubtitle, StoredMediaFile } from '../../../../models/media-file.js'
import { FRAME_CAPTIONS, isFrameCaptions } from '../../probing/describe-subtitles.js'
import { probeFileAgain } from '../../probing/probe-again.js'
import { addExtractedSubtitles } from '../../sidecar/extracted-subtitles.js'
import { EncodingFailedError, type EncodingDeps } from '../encoding-deps.js'
import { readCaptions } from '../frame-captions.js'
import { applyClock } from '../master-clock.js'
import { planMaster } from '../plan-master.js'
import { renditionsOf } from '../publish-renditions.js'
import { ProgramStoppedError } from '../run-program.js'
import { requireItemOf, stopWithoutClaim, type StepWork } from './step-state.js'

/** The rest of the progress is for the storage. */
const READING_SHARE = 0.95

/** @throws EncodingFailedError; ProgramStoppedError after an abort; errors of the storage and the database */
export async function storeMasterSubtitles (deps: EncodingDeps, work: StepWork): Promise<void> {
  const { running, master } = work
  const { item } = requireItemOf(deps, master)
  const media = await Media.findById(item.id).lean<StoredMedia>()
  const [lowest] = renditionsOf(media, master)
  if (media === null || lowest === undefined) return
  const isListed = master.hasCaptions !== true || lowest.embeddedSubtitles.some(isFrameCaptions)
  if (isListed && isComplete(media, lowest)) return
  await stopWithoutClaim(running)
  try {
    await storeTracks(deps, work, lowest)
  } finally {
    // Tracks that cannot be extracted do not affect the captions.
    if (master.hasCaptions === true) await storeCaptions(deps, work, lowest)
  }
}

async function storeTracks (deps: EncodingDeps, { master }: StepWork, lowest: StoredMediaFile): Promise<void> {
  const { title, item } = requireItemOf(deps, master)
  const result = await probeFileAgain(deps, item.id, lowest)
  if (!result.ok) {
    if (result.code === 'closed') throw new ProgramStoppedError()
    throw new EncodingFailedError('subtitles-failed', `The texts of the master cannot be read: ${result.reason}.`)
  }
  await deps.publishTitleChange(title.id)
  if (!result.isAdded) throw tooManySubtitles()
  const texts = result.embeddedSubtitles.filter(({ extraction }) => extraction !== 'not-convertible')
  const failed = texts.filter(({ extraction }) => extraction === 'failed').length
  if (failed === 0) return
  throw new EncodingFailedError(
    'subtitles-failed',
    `${failed} of ${texts.length} texts of the master cannot be extracted. Upload them as subtitles.`,
  )
}

const tooManySubtitles = (): EncodingFailedError =>
  new EncodingFailedError('subtitle-limit', 'The movie or episode has too many subtitles. Delete some.')

/** Reads the captions inside the pictures; they have the language of the first audio track. Can be repeated. */
async function storeCaptions (deps: EncodingDeps, work: StepWork, lowest: StoredMediaFile): Promise<void> {
  const { running, master, folder, signal } = work
  const plan = applyClock(await planMaster(deps, master, signal), master)
  const webVtt = await readCaptions(deps, master, plan, {
    folder,
    signal,
    onProgress: (progress) => {
      running.progress = progress * READING_SHARE
    },
  })
  await stopWithoutClaim(running)
  const { title, item } = requireItemOf(deps, master)
  const language = lowest.audioTracks[0]?.language ?? null
  const described = { language, kind: 'sdh', name: null } as const
  if (webVtt !== null) {
    const added = { itemId: item.id, fileId: lowest._id.toString(), subtitles: [{ ...described, webVtt }] }
    if (!await addExtractedSubtitles(deps, { ...added, declaredLanguages: [] })) throw tooManySubtitles()
  }
  const extraction = webVtt === null ? 'empty' : 'extracted'
  await listCaptions(item.id, lowest, { codec: FRAME_CAPTIONS, ...described, extraction })
  await deps.publishTitleChange(title.id)
}

/** Lists the captions behind the tracks of a rendition. */
async function listCaptions (itemId: string, file: StoredMediaFile, captions: StoredEmbeddedSubtitle): Promise<void> {
  const list = 'files.$[file].embeddedSubtitles'
  const options = { arrayFilters: [{ 'file._id': file._id }] }
  await Media.updateOne({ _id: itemId }, { $pull: { [list]: { codec: FRAME_CAPTIONS } } } as never, options)
  await Media.updateOne({ _id: itemId }, { $push: { [list]: captions } } as never, options)
}

/** Whether each text was extracted and stored. Equal texts are stored once, so that the file is probed again. */
function isComplete ({ subtitles }: StoredMedia, { _id, embeddedSubtitles }: StoredMediaFile): boolean {
  const stored = subtitles.filter(({ mediaFile }) => mediaFile?.equals(_id) === true).length
  const extracted = embeddedSubtitles.filter(({ extraction }) => extraction === 'extracted').length
  return stored >= extracted && !embeddedSubtitles.some(({ extraction }) => extraction === 'failed')
}
