// States which episodes a file contains that was added to the first of them: the others are watched there.
import { Types } from 'mongoose'
import { EncodingJob } from '../../../models/encoding-job.js'
import type { CatalogueItem } from '../../catalogue/store/catalogue.js'
import { MAX_MEDIA_SPAN } from '../../domain/media-span.js'
import { changeEpisode } from '../../editing/episodes.js'
import type { IngestDeps, PlannedFile } from './plan-ingest.js'

/**
 * Saves how many episodes the media of an episode contains, up to the next one with media of its own. A file that was
 * unchanged changes this only if nothing is stated yet. An episode with a file of its own is contained in no other.
 * @throws errors of the database; DomainError when the episode was deleted in the meantime
 */
export async function saveMediaSpan (deps: IngestDeps, { target, recognised, status }: PlannedFile): Promise<void> {
  if (target === null || target.title.kind === 'movie') return
  const title = deps.catalogue.findTitle(target.title.id)
  const item = title?.items.find(({ id }) => id === target.item.id)
  if (title === null || item === undefined) return
  const season = title.items.filter((one) => one.season === item.season)
  const save = async ({ season, episode }: CatalogueItem, mediaSpan: number): Promise<void> => {
    await changeEpisode(deps, title.id, season, episode, { mediaSpan }, null)
  }
  const { episodes: { length }, edition } = recognised
  // A file of one episode may be a second edition beside the one with several.
  const isStated = length > 1 ? status === 'new' || item.mediaSpan === 1 : status === 'new' && edition === null
  const mediaSpan = isStated ? await countContained(deps, item, length, season) : item.mediaSpan
  if (mediaSpan !== item.mediaSpan) await save(item, mediaSpan)
  for (const other of season) {
    const containsItem = other.episode < item.episode && item.episode < other.episode + other.mediaSpan
    if (containsItem) await save(other, item.episode - other.episode)
  }
}

async function countContained (
  deps: IngestDeps,
  { episode }: CatalogueItem,
  length: number,
  season: readonly CatalogueItem[],
): Promise<number> {
  let count = 1
  while (count < Math.min(length, MAX_MEDIA_SPAN)) {
    const next = season.find((one) => one.episode === episode + count)
    if (next !== undefined && await hasVideo(deps, next)) break
    count++
  }
  return count
}

async function hasVideo ({ catalogue }: IngestDeps, { id }: CatalogueItem): Promise<boolean> {
  return catalogue.itemFiles(id).length > 0 || await EncodingJob.exists({ item: new Types.ObjectId(id) }) !== null
}
