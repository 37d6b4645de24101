// Runs "normflix detect-markers": queues the detection of the intros and credits of a show.
import type { StoredMarkerDetection } from '../../models/marker-detection.js'
import type { Container } from '../container.js'
import { formatList, type Column } from './format-list.js'
import { recordCommand } from './with-container.js'

export interface DetectMarkersOptions {
  readonly season?: number
  readonly json?: boolean
}

/** A season as --json prints it. */
interface SeasonRow {
  readonly id: string
  readonly season: number
  readonly state: StoredMarkerDetection['state']
  readonly progress: number
  readonly attempts: number
}

const COLUMNS: ReadonlyArray<Column<SeasonRow>> = [
  ['SEASON', ({ season }) => season],
  ['STATE', ({ state }) => state],
  ['ID', ({ id }) => id],
]

/** @throws Error when the show or the season does not exist, or the show has no episodes except specials */
export async function runDetectMarkers (
  container: Pick<Container, 'audit' | 'catalogue' | 'markerDetection'>,
  showId: string,
  { season, json = false }: DetectMarkersOptions,
): Promise<void> {
  const rows: SeasonRow[] = []
  for (const number of listSeasons(container, showId, season ?? null)) {
    rows.push(toRow(await container.markerDetection.request(showId, number)))
  }
  await recordCommand(container, 'detect-markers')
  console.log(json ? JSON.stringify(rows, null, 2) : formatList(rows, COLUMNS))
  if (!json) console.log('\nThe service compares the episodes: normflix jobs --watch shows the progress.')
}

/** Specials share no intro. */
function listSeasons ({ catalogue }: Pick<Container, 'catalogue'>, showId: string, season: number | null): number[] {
  const show = catalogue.findTitle(showId)
  if (show?.kind !== 'show') throw new Error('There is no show with this ID. normflix titles --kind show lists them.')
  const seasons = [...new Set(show.items.map((item) => item.season))].filter((one) => one > 0).sort((a, b) => a - b)
  if (season === null && seasons.length > 0) return seasons
  if (season !== null && seasons.includes(season)) return [season]
  throw new Error(`${season === null ? 'The show' : `Season ${season}`} has no episodes, or only specials.`)
}

function toRow ({ _id, season, state, progress, attempts }: StoredMarkerDetection): SeasonRow {
  return { id: _id.toString(), season, state, progress, attempts }
}
