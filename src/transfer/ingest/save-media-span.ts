// States which episodes a file contains that was added to the first of them: the others are watched there.
import { EncodingJob, type StoredEncodingJob } from '../../../models/encoding-job.js'
import { Show, type StoredEpisode, type StoredShow } from '../../../models/show.js'
import { containedNumbers, MAX_MEDIA_SPAN } from '../../domain/media-span.js'
import { changeEpisode } from '../../editing/episodes.js'
import type { IngestDeps, PlannedFile } from './plan-ingest.js'

/** Masters in these states give no media. */
const ENDED = ['failed', 'cancelled']

/**
 * Saves how many episodes the media of an episode contains, up to the next one with media of its own. An episode that
 * gets a file of its own is contained in no other. A file that was unchanged only completes what an interrupted ingest
 * left out: what editors state stays.
 * @throws errors of the database; DomainError when the episode was deleted in the meantime
 */
export async function saveMediaSpan (deps: IngestDeps, { target, recognised, status }: PlannedFile): Promise<void> {
  if (target === null || target.title.kind === 'movie') return
  const { title, item } = target
  const show = await Show.findById(title.id).lean<StoredShow>()
  const season = show?.seasons.find(({ number }) => number === item.season)?.episodes ?? []
  const episode = season.find(({ _id }) => _id.toString() === item.id)
  if (episode === undefined) return
  const save = async ({ number }: StoredEpisode, mediaSpan: number): Promise<void> => {
    await changeEpisode(deps, title.id, item.season, number, { mediaSpan }, null)
  }
  const { episodes: { length }, edition } = recognised
  const isNew = status === 'new'
  if (length > 1 && (isNew || episode.mediaSpan === undefined)) {
    const mediaSpan = await countContained(deps, episode, length, season)
    if (mediaSpan !== (episode.mediaSpan ?? 1)) await save(episode, mediaSpan)
  } else if (isNew && edition === null && (episode.mediaSpan ?? 1) > 1) {
    // A file of one episode with an edition may stand beside the one with several.
    await save(episode, 1)
  }
  if (!isNew) return
  for (const other of season) {
    if (containedNumbers(other).includes(episode.number)) await save(other, episode.number - other.number)
  }
}

async function countContained (
  deps: IngestDeps,
  { number }: StoredEpisode,
  length: number,
  season: readonly StoredEpisode[],
): Promise<number> {
  let count = 1
  while (count < Math.min(length, MAX_MEDIA_SPAN)) {
    const next = season.find((one) => one.number === number + count)
    if (next !== undefined && await hasVideo(deps, next)) break
    count++
  }
  return count
}

async function hasVideo ({ catalogue }: IngestDeps, { _id }: StoredEpisode): Promise<boolean> {
  if (catalogue.itemFiles(_id.toString()).length > 0) return true
  const masters = await EncodingJob.find({ item: _id }).select('state').lean<Array<Pick<StoredEncodingJob, 'state'>>>()
  return masters.some(({ state }) => !ENDED.includes(state))
}
