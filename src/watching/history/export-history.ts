// Exports the whole history of a profile as a stream. It reads one page at a time, as fast as the client receives.
import { stringify } from 'csv-stringify'
import mongoose from 'mongoose'
import { pipeline, Readable } from 'node:stream'
import type { Static } from 'typebox'
import { Play, toPlayProgress, toStoredProgress, viewingId, type StoredPlay } from '../../../models/play.js'
import { findVisibleTitle } from '../../catalogue/queries/find-visible.js'
import { groupBy } from '../../domain/arrays.js'
import type { MaturityScope } from '../../domain/maturity.js'
import { mergePlayProgress, watchedMsOfPlay } from '../../domain/progress.js'
import type { HistoryFile } from '../../schemas/history-transfer.js'
import type { ProfileRef, WatchingDeps } from '../deps.js'
import { hasFinishedItem, isListedPlay, listHistory, type HistoryCursor } from './list-history.js'

/** Plays held in memory. */
const PAGE_SIZE = 250

type ExportedPlay = Static<typeof HistoryFile>['plays'][number]

/**
 * Reads the history newest first; the first page flushes what is playing. A restored play and the one that continued it
 * are one row, so that an import counts them once.
 */
async function* readPages (watching: WatchingDeps, ref: ProfileRef): AsyncGenerator<StoredPlay[]> {
  let after: HistoryCursor | null = null
  let viewings: ReadonlyMap<string, StoredPlay> | null = null
  const listed = new Set<string>()
  do {
    const page = await listHistory(watching, ref, { after, limit: PAGE_SIZE })
    viewings ??= await findContinuedViewings(ref)
    const rows: StoredPlay[] = []
    for (const play of page.plays) {
      const id = viewingId(play).toString()
      const viewing = viewings.get(id)
      if (viewing === undefined || !listed.has(id)) rows.push(viewing ?? play)
      if (viewing !== undefined) listed.add(id)
    }
    yield rows
    after = page.next
  } while (after !== null)
}

/** Finds the viewings with a play that continues a removed one, each merged, by the ID of the viewing. */
async function findContinuedViewings ({ profile }: ProfileRef): Promise<Map<string, StoredPlay>> {
  const isContinuation = mongoose.trusted({ $exists: true })
  const continuing = await Play.find({ profile, continuedPlay: isContinuation } as never).lean<StoredPlay[]>()
  const firstIds = mongoose.trusted({ $in: continuing.map(viewingId) })
  const first = continuing.length === 0
    ? []
    : await Play.find({ _id: firstIds } as never).lean<StoredPlay[]>()
  const byViewing = groupBy([...first, ...continuing].filter(isListedPlay), (play) => viewingId(play).toString())
  return new Map([...byViewing].map(([id, plays]) => [id, plays.reduce(mergeViewing)]))
}

/** Merges plays of one viewing; the row has the ID of the first. */
function mergeViewing (a: StoredPlay, b: StoredPlay): StoredPlay {
  const { watchedBeforeMs = 0, ...progress } = mergePlayProgress(toPlayProgress(a), toPlayProgress(b))
  return {
    ...(a.startedAt <= b.startedAt ? a : b),
    ...toStoredProgress(progress),
    watchedBeforeMs,
  }
}

/** Exports the history as JSON text, in the format of an import. */
export function exportHistoryAsJson (watching: WatchingDeps, ref: ProfileRef, scope: MaturityScope): Readable {
  async function* write (): AsyncGenerator<string> {
    const head = { format: 'normflix-history', version: 1, exportedAt: watching.now().toISOString() }
    yield `${JSON.stringify(head).slice(0, -1)},"plays":[`
    let separator = '\n'
    for await (const plays of readPages(watching, ref)) {
      if (plays.length === 0) continue
      yield separator + plays.map((play) => JSON.stringify(toExportedPlay(watching, scope, play))).join(',\n')
      separator = ',\n'
    }
    yield '\n]}\n'
  }
  return Readable.from(write(), { objectMode: false })
}

/** Leaves out the fields of the catalogue if the title is not visible to the profile. */
function toExportedPlay ({ catalogue, now }: WatchingDeps, scope: MaturityScope, play: StoredPlay): ExportedPlay {
  const title = findVisibleTitle(catalogue, scope, play.title.toString(), now())
  return {
    id: play._id.toString(),
    title: {
      id: play.title.toString(),
      title: play.titleName,
      ...(title === null ? {} : { kind: title.kind, year: title.year, externalIds: title.externalIds }),
    },
    item: {
      id: play.item.toString(),
      season: play.season,
      episode: play.episode,
      title: play.itemName ?? play.titleName,
    },
    startedAt: play.startedAt.toISOString(),
    lastWatchedAt: play.at.toISOString(),
    startPositionMs: play.startPositionMs,
    positionMs: play.positionMs,
    furthestMs: play.furthestMs,
    durationMs: play.durationMs,
    watchedMs: play.watchedMs,
    endAt: play.reachedEndAt?.toISOString() ?? null,
    endWatchedMs: play.reachedEndWatchedMs,
    eventId: play.eventId,
    finished: hasFinishedItem(play),
  }
}

const COLUMNS = [
  'Date',
  'Title',
  'Season',
  'Episode',
  'Episode title',
  'Started',
  'Stopped',
  'Position',
  'Watched',
  'Duration',
  'Finished',
]

/** Exports the history as CSV for spreadsheets; escapes cells that a spreadsheet would run as a formula. */
export function exportHistoryAsCsv (watching: WatchingDeps, ref: ProfileRef): Readable {
  async function* rows (): AsyncGenerator<string[]> {
    for await (const plays of readPages(watching, ref)) yield* plays.map(toRow)
  }
  const text = stringify({ header: true, columns: COLUMNS, escape_formulas: true })
  // The pipeline destroys both streams when one fails or closes; the consumer of `text` receives the error.
  pipeline(Readable.from(rows()), text, () => undefined)
  return text
}

function toRow (play: StoredPlay): string[] {
  const stoppedAt = new Date(Math.max(play.at.getTime(), play.startedAt.getTime())).toISOString()
  return [
    stoppedAt.slice(0, 10),
    play.titleName,
    String(play.season ?? ''),
    String(play.episode ?? ''),
    play.itemName ?? '',
    play.startedAt.toISOString(),
    stoppedAt,
    formatDuration(play.positionMs),
    formatDuration(watchedMsOfPlay(toPlayProgress(play))),
    play.durationMs === null ? '' : formatDuration(play.durationMs),
    hasFinishedItem(play) ? 'yes' : 'no',
  ]
}

/** Formats whole seconds: `1:02:03`. */
function formatDuration (ms: number): string {
  const seconds = Math.floor(ms / 1_000)
  const pad = (number: number): string => String(number).padStart(2, '0')
  return `${Math.floor(seconds / 3_600)}:${pad(Math.floor(seconds / 60) % 60)}:${pad(seconds % 60)}`
}
