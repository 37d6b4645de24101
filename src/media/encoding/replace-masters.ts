// Replaces the renditions of a master by those of another one, in one write, when all of them are complete. Playbacks
// in progress continue with the old ones, which are removed when their URLs have expired.
import mongoose, { Types } from 'mongoose'
import { EncodingJob, findEncodingJob, type StoredEncodingJob } from '../../../models/encoding-job.js'
import { Media, type StoredMedia } from '../../../models/media.js'
import type { CatalogueFile } from '../../catalogue/store/catalogue.js'
import type { MediaDeps } from '../deps.js'
import { MEDIA_URL_TTL_MS } from '../delivery/media-urls.js'
import { removeJobObjects } from '../object-cleanup.js'
import { removeMediaFile } from '../upload/media-files.js'
import { isStepPending } from './steps/step-state.js'

/** Activates the renditions that are complete, and removes what was replaced or discarded. Can be repeated. */
export async function replaceMasters (deps: MediaDeps): Promise<void> {
  const isComplete = { state: 'done', replaces: mongoose.trusted({ $ne: null }) }
  const jobs = await EncodingJob.find(isComplete as never).lean<StoredEncodingJob[]>()
  for (const job of jobs) await activateRenditions(deps, job)
  await settleFiles(deps)
}

/** Renditions are packaged first: a playback that starts after the replacement can use HLS at once. */
async function activateRenditions (deps: MediaDeps, job: StoredEncodingJob): Promise<void> {
  const { _id, item, replaces } = job
  const media = await Media.findById(item).lean<StoredMedia>()
  if (media === null || replaces === null) return
  const renditions = media.files.filter(({ master }) => master?.equals(_id) === true)
  if (renditions.some(({ hls }) => hls.state === 'processing') || await isStepPending(_id, 'original')) return
  const hasPredecessors = media.files.some(({ master }) => master?.equals(replaces) === true)
  await Media.updateOne({ _id: item }, {
    $set: {
      'files.$[new].stage': 'active',
      ...(hasPredecessors ? { 'files.$[old].stage': 'retired', 'files.$[old].retiredAt': deps.now() } : {}),
    },
  }, {
    // Without the stages: the fallback server evaluates the filters again for each path.
    arrayFilters: [{ 'new.master': _id }, ...(hasPredecessors ? [{ 'old.master': replaces }] : [])],
  })
  await deps.publishTitleChange(media.title.toString())
  const replaced = await EncodingJob.findByIdAndDelete(replaces).lean<StoredEncodingJob>()
  if (replaced !== null) await removeJobObjects(deps, [replaced])
  await EncodingJob.updateOne({ _id }, { $set: { replaces: null } })
}

/**
 * Removes files that no playback can use any more, and those whose replacement was cancelled. Activates an original
 * that was repeated by a request, and published after its master had replaced the other.
 */
async function settleFiles (deps: MediaDeps): Promise<void> {
  const { catalogue, now } = deps
  const retiredBefore = now().getTime() - MEDIA_URL_TTL_MS
  for (const title of catalogue.titles()) {
    if (!catalogue.canHaveFiles(title.id)) continue
    for (const file of title.items.flatMap((item) => catalogue.itemFiles(item.id))) {
      const master = file.stage === 'pending' && file.master !== null ? await findEncodingJob(file.master) : null
      const isUnused = file.stage === 'retired'
        ? (file.retiredAt?.getTime() ?? 0) <= retiredBefore
        : file.stage === 'pending' && master === null
      if (isUnused) await removeMediaFile(deps, file.id)
      else if (master !== null && master.replaces === null) await activateFile(deps, title.id, file)
    }
  }
}

async function activateFile (deps: MediaDeps, titleId: string, { id, itemId }: CatalogueFile): Promise<void> {
  await Media.updateOne({ _id: itemId }, { $set: { 'files.$[file].stage': 'active' } }, {
    arrayFilters: [{ 'file._id': new Types.ObjectId(id) }],
  })
  await deps.publishTitleChange(titleId)
}

/** Removes the renditions of a master that never became active. */
export async function removePendingFiles (deps: MediaDeps, { _id, item }: StoredEncodingJob): Promise<void> {
  const media = await Media.findById(item).lean<StoredMedia>()
  for (const { _id: fileId, master, stage } of media?.files ?? []) {
    if (stage === 'pending' && master?.equals(_id) === true) await removeMediaFile(deps, fileId.toString())
  }
}

/** Whether a master has renditions that play. */
export async function hasActiveRenditions ({ _id, item }: StoredEncodingJob): Promise<boolean> {
  const files = mongoose.trusted({ $elemMatch: { master: new Types.ObjectId(_id), stage: 'active' } })
  return await Media.exists({ _id: item, files } as never) !== null
}
