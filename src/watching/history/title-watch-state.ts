// The watch state of one title for one profile. Readers and writers derive it from all its stored plays and marks.
import { findPlaysOfTitle, toWatchedMark, toPlayProgress, viewingId, type StoredPlay } from '../../../models/play.js'
import { deriveOrderKey, type EpisodeNumbers } from '../../../models/watch-entry.js'
import type { Catalogue } from '../../catalogue/store/catalogue.js'
import { groupBy } from '../../domain/arrays.js'
import { deriveTitleState, type DerivedTitle, type ItemRef } from '../../domain/next-up.js'
import { mergePlayProgress, type PlayProgress } from '../../domain/progress.js'
import type { TitleEvents } from '../../domain/rewatch-runs.js'
import type { TitleOutline } from '../../domain/watch-order.js'

/** What deriving a state reads of the catalogue. */
type TitleSource = Pick<Catalogue, 'findTitle' | 'findItem'>

export interface TitleWatchState extends DerivedTitle {
  /** Plays, watched marks and run marks as stored. */
  readonly records: readonly StoredPlay[]
  readonly events: TitleEvents
  readonly outline: TitleOutline
  /** Season and episode of an item as they are numbered now; for a deleted item, as they were when it was played. */
  findEpisodeNumbers(itemId: string): EpisodeNumbers
}

export async function loadTitleWatchState (
  catalogue: TitleSource,
  profileId: string,
  titleId: string,
): Promise<TitleWatchState> {
  return deriveTitleWatchState(catalogue, titleId, await findPlaysOfTitle(profileId, titleId))
}

/** Derives the state from the stored records of one title, in any order. */
export function deriveTitleWatchState (
  catalogue: TitleSource,
  titleId: string,
  records: readonly StoredPlay[],
): TitleWatchState {
  const outline = findOutline(catalogue, titleId, records)
  const events: TitleEvents = {
    plays: mergeViewings(records.filter(({ kind, isPlayed }) => kind === 'play' && isPlayed)).map((
      { play, progress },
    ) => ({ ...toItemRef(catalogue, play), progress })),
    marks: records.filter(({ kind }) => kind === 'mark').map((mark) => ({
      ...toItemRef(catalogue, mark),
      mark: toWatchedMark(mark),
    })),
    runMarks: records.filter(({ kind }) => kind === 'pass').map(({ startedAt, cancelledAt }) => ({
      startedAt: startedAt.getTime(),
      cancelledAt: cancelledAt?.getTime() ?? null,
    })),
  }
  const storedNumbers = new Map<string, EpisodeNumbers>(
    records.map(({ item, season, episode }) => [item.toString(), { season, episode }]),
  )
  return {
    ...deriveTitleState(events, outline),
    records,
    events,
    outline,
    findEpisodeNumbers (itemId) {
      const item = outline.kind === 'movie' ? null : catalogue.findItem(itemId)
      return item === null
        ? storedNumbers.get(itemId) ?? { season: null, episode: null }
        : { season: item.season, episode: item.episode }
    },
  }
}

interface Viewing {
  readonly play: StoredPlay
  readonly progress: PlayProgress
}

/** A play that was removed and restored, and the one that continued it meanwhile, count as one. */
function mergeViewings (plays: readonly StoredPlay[]): Viewing[] {
  const viewings = plays.map((play) => ({ play, progress: toPlayProgress(play) }))
  if (plays.every(({ continuedPlay }) => continuedPlay === undefined)) return viewings
  return [...groupBy(viewings, ({ play }) => viewingId(play).toString()).values()].map((ofViewing) =>
    ofViewing.reduce((all, { progress }) => ({ ...all, progress: mergePlayProgress(all.progress, progress) }))
  )
}

/** A deleted title has no watch order; its records tell a movie from a show. */
function findOutline (catalogue: TitleSource, titleId: string, records: readonly StoredPlay[]): TitleOutline {
  return catalogue.findTitle(titleId) ?? { kind: records[0]?.season === null ? 'movie' : 'show', order: [] }
}

function toItemRef (catalogue: TitleSource, record: StoredPlay): ItemRef {
  const itemId = record.item.toString()
  const item = catalogue.findItem(itemId)
  return { item: itemId, orderKey: item === null ? deriveOrderKey(record) : item.orderKey }
}
