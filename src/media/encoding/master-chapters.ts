// Gives a movie or episode the chapters of its master.
import type { StoredEncodingJob } from '../../../models/encoding-job.js'
import type { Chapter, StoredChapters } from '../../../models/title.js'
import { DomainError } from '../../errors.js'
import { changeTitle, findStoredItem } from '../change-title.js'
import type { EncodingDeps } from './encoding-deps.js'

/**
 * Saves the chapters of a master. Those that people set stay. A failure that lies in the title is logged only: it plays
 * without chapters.
 */
export async function saveChapters (
  { catalogue, log, publishTitleChange }: EncodingDeps,
  job: StoredEncodingJob,
  chapters: readonly Chapter[],
): Promise<void> {
  const item = catalogue.findItem(job.item.toString())
  if (item === null) return
  try {
    const isChanged = await changeTitle(item.titleId, (title) => {
      const stored = findStoredItem(title, item.id)
      if (stored === null || !canSetChapters(stored.chapters, job)) return false
      const hadChapters = stored.chapters !== undefined
      if (chapters.length > 0) stored.chapters = { list: [...chapters], master: job._id }
      else (stored as { chapters: StoredChapters | undefined }).chapters = undefined
      return hadChapters || chapters.length > 0
    })
    if (isChanged) await publishTitleChange(item.titleId)
  } catch (error) {
    // Deleted, or a show at the limit of its size.
    if (!(error instanceof DomainError)) throw error
    log.warn({ err: error, itemId: item.id }, 'the chapters of a master were not saved')
  }
}

/** Other editions have other times: the one without a name takes precedence, then the first one. */
function canSetChapters (stored: StoredChapters | undefined, { _id, replaces, edition }: StoredEncodingJob): boolean {
  if (stored === undefined) return true
  const { master } = stored
  return master !== null && (edition === null || master.equals(_id) || replaces?.equals(master) === true)
}
