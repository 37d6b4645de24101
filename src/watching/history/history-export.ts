// A profile's whole history as a file: written while it is read, page by page, as fast as the client takes it.
import { stringify } from 'csv-stringify'
import { pipeline, Readable } from 'node:stream'
import type { Static } from 'typebox'
import { toPlayProgress, type StoredPlay } from '../../../models/play.js'
import { canSee, type MaturityScope } from '../../domain/maturity.js'
import { watchedIn } from '../../domain/progress.js'
import type { HistoryFile } from '../../schemas/history-transfer.js'
import { finishedBy, listHistory, type HistoryCursor } from './history.js'
import type { ProfileRef, WatchingDeps } from '../watching.js'

/** How many plays are held at a time. */
const PAGE = 250

type ExportedPlay = Static<typeof HistoryFile>['plays'][number]

/** Newest first; what is being played now is flushed by the first page. */
async function* pagesOfHistory (watching: WatchingDeps, watcher: ProfileRef): AsyncGenerator<StoredPlay[]> {
  let after: HistoryCursor | null = null
  do {
    const page = await listHistory(watching, watcher, { after, limit: PAGE })
    yield page.plays
    after = page.next
  } while (after !== null)
}

/** The history as JSON text that an import takes back. */
export function exportJson (watching: WatchingDeps, watcher: ProfileRef, viewer: MaturityScope): Readable {
  async function* write (): AsyncGenerator<string> {
    const head = { format: 'normflix-history', version: 1, exportedAt: watching.now().toISOString() }
    yield `${JSON.stringify(head).slice(0, -1)},"plays":[`
    let separator = '\n'
    for await (const plays of pagesOfHistory(watching, watcher)) {
      if (plays.length === 0) continue
      yield separator + plays.map((play) => JSON.stringify(toExportedPlay(watching, viewer, play))).join(',\n')
      separator = ',\n'
    }
    yield '\n]}\n'
  }
  return Readable.from(write(), { objectMode: false })
}

/** What the catalogue adds is left out when the profile may not see the title any more. */
function toExportedPlay ({ catalogue, now }: WatchingDeps, viewer: MaturityScope, play: StoredPlay): ExportedPlay {
  const title = catalogue.findTitle(play.title.toString())
  const isSeen = title !== null && canSee(viewer, title, now())
  return {
    id: play._id.toString(),
    title: {
      id: play.title.toString(),
      title: play.titleName,
      ...(isSeen ? { kind: title.kind, year: title.year, externalIds: title.externalIds } : {}),
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
    endAt: play.endAt?.toISOString() ?? null,
    endWatchedMs: play.endWatchedMs,
    eventId: play.eventId,
    finished: finishedBy(play),
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

/** The history as CSV for people and spreadsheets, which would run a cell that begins like a formula. */
export function exportCsv (watching: WatchingDeps, watcher: ProfileRef): Readable {
  async function* rows (): AsyncGenerator<string[]> {
    for await (const plays of pagesOfHistory(watching, watcher)) yield* plays.map(toRow)
  }
  const text = stringify({ header: true, columns: COLUMNS, escape_formulas: true })
  // Who sends the text hears of an error through it; whoever stops reading it ends the rows too.
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
    toClock(play.positionMs),
    toClock(watchedIn(toPlayProgress(play))),
    play.durationMs === null ? '' : toClock(play.durationMs),
    finishedBy(play) ? 'yes' : 'no',
  ]
}

/** `1:02:03`, whole seconds. */
function toClock (ms: number): string {
  const seconds = Math.floor(ms / 1_000)
  const two = (number: number): string => String(number).padStart(2, '0')
  return `${Math.floor(seconds / 3_600)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`
}
