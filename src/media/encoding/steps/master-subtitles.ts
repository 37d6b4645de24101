// Stores the texts of a master as subtitles of its item. They are extracted when the lowest rendition is published; the
// step checks that all are there, and extracts them again if not.
import { Media, type StoredMedia } from '../../../../models/media.js'
import { probeFileAgain } from '../../probing/probe-again.js'
import { EncodingFailedError, type EncodingDeps } from '../encoding-deps.js'
import { renditionsOf } from '../publish-renditions.js'
import { ProgramStoppedError } from '../run-program.js'
import { requireItemOf, stopWithoutClaim, type StepWork } from './step-state.js'

/** @throws EncodingFailedError; ProgramStoppedError after an abort; errors of the storage and the database */
export async function storeMasterSubtitles (deps: EncodingDeps, { running, master }: StepWork): Promise<void> {
  const { title, item } = requireItemOf(deps, master)
  const media = await Media.findById(item.id).lean<StoredMedia>()
  const [lowest] = renditionsOf(media, master)
  if (media === null || lowest === undefined || isComplete(media, lowest)) return
  await stopWithoutClaim(running)
  const result = await probeFileAgain(deps, item.id, lowest)
  if (!result.ok) {
    if (result.code === 'closed') throw new ProgramStoppedError()
    throw new EncodingFailedError('subtitles-failed', `The texts of the master cannot be read: ${result.reason}.`)
  }
  await deps.publishTitleChange(title.id)
  if (!result.isAdded) {
    throw new EncodingFailedError('subtitle-limit', 'The movie or episode has too many subtitles. Delete some.')
  }
  const texts = result.embeddedSubtitles.filter(({ extraction }) => extraction !== 'not-convertible')
  const failed = texts.filter(({ extraction }) => extraction === 'failed').length
  if (failed === 0) return
  throw new EncodingFailedError(
    'subtitles-failed',
    `${failed} of ${texts.length} texts of the master cannot be extracted. Upload them as subtitles.`,
  )
}

/** Whether each text was extracted and stored. Equal texts are stored once, so that the file is probed again. */
function isComplete ({ subtitles }: StoredMedia, { _id, embeddedSubtitles }: StoredMedia['files'][number]): boolean {
  const stored = subtitles.filter(({ mediaFile }) => mediaFile?.equals(_id) === true).length
  const extracted = embeddedSubtitles.filter(({ extraction }) => extraction === 'extracted').length
  return stored >= extracted && !embeddedSubtitles.some(({ extraction }) => extraction === 'failed')
}
