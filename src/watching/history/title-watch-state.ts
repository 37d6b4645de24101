// What a profile's rows say of one title: read whole and folded, so that no reader and no writer can disagree.
import { findPlaysOfTitle, toWatchedMark, toPlayProgress, type StoredPlay } from '../../../models/play.js'
import { orderKey, type Numbers } from '../../../models/watch-entry.js'
import type { Catalogue } from '../../catalogue/store/catalogue.js'
import { deriveTitleState, type DerivedTitle, type ItemRef } from '../../domain/next-up.js'
import type { TitleEvents } from '../../domain/rewatch-runs.js'
import type { TitleOutline } from '../../domain/watch-order.js'

export interface TitleWatchState extends DerivedTitle {
  readonly rows: readonly StoredPlay[]
  readonly events: TitleEvents
  readonly outline: TitleOutline
  /** Season and episode of an item as they are numbered now, or were when it was played. */
  numbersOf(item: string): Numbers
}

export async function loadTitleWatchState (
  catalogue: Catalogue,
  profileId: string,
  titleId: string,
): Promise<TitleWatchState> {
  return deriveTitleWatchState(catalogue, titleId, await findPlaysOfTitle(profileId, titleId))
}

/** Folds the rows of one title, in any order. */
export function deriveTitleWatchState (
  catalogue: Catalogue,
  titleId: string,
  rows: readonly StoredPlay[],
): TitleWatchState {
  const outline = outlineOf(catalogue, titleId, rows)
  const events: TitleEvents = {
    plays: rows.filter((row) => row.kind === 'play' && row.isPlayed).map((row) => ({
      ...refOf(catalogue, row),
      facts: toPlayProgress(row),
    })),
    marks: rows.filter((row) => row.kind === 'mark').map((row) => ({
      ...refOf(catalogue, row),
      mark: toWatchedMark(row),
    })),
    passMarks: rows.filter((row) => row.kind === 'pass').map((row) => ({
      since: row.startedAt.getTime(),
      until: row.endAt?.getTime() ?? null,
    })),
  }
  const known = new Map<string, Numbers>(
    rows.map((row) => [row.item.toString(), { season: row.season, episode: row.episode }]),
  )
  return {
    ...deriveTitleState(events, outline),
    rows,
    events,
    outline,
    numbersOf: (item) => {
      const now = outline.kind === 'movie' ? null : catalogue.findItem(item)
      return now === null
        ? known.get(item) ?? { season: null, episode: null }
        : { season: now.season, episode: now.episode }
    },
  }
}

/** A title that was deleted has no order any more; whether it was a movie is told by its rows. */
function outlineOf (catalogue: Catalogue, titleId: string, rows: readonly StoredPlay[]): TitleOutline {
  return catalogue.findTitle(titleId) ?? { kind: rows[0]?.season === null ? 'movie' : 'show', order: [] }
}

function refOf (catalogue: Catalogue, row: StoredPlay): ItemRef {
  const item = row.item.toString()
  const known = catalogue.findItem(item)
  return { item, place: known === null ? orderKey(row) : known.place }
}
