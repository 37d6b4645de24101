// Which files of a season are compared: for each episode the smallest that viewers can play.
import { createHash } from 'node:crypto'
import type { Catalogue, CatalogueFile, CatalogueItem, CatalogueTitle } from '../../catalogue/store/catalogue.js'

/** Shorter files have neither an intro nor credits. */
const MIN_DURATION_MS = 90_000
/** With one episode there is nothing to compare. */
export const MIN_EPISODES = 2

export interface ComparedEpisode {
  readonly item: CatalogueItem
  readonly file: CatalogueFile
  readonly durationMs: number
  /** Number of the audio track, from 0. */
  readonly track: number
}

export interface SeasonFiles {
  readonly season: number
  /** In order. */
  readonly episodes: readonly ComparedEpisode[]
  /** Changes with the files. */
  readonly filesHash: string
}

/** The seasons of a show with their files, except specials, which share no intro. */
export function listSeasonFiles (catalogue: Pick<Catalogue, 'itemFiles'>, title: CatalogueTitle): SeasonFiles[] {
  const seasons = new Map<number, ComparedEpisode[]>()
  for (const item of title.kind === 'show' ? title.items : []) {
    const episode = item.season > 0 ? chooseFile(item, catalogue.itemFiles(item.id)) : null
    if (episode === null) continue
    const episodes = seasons.get(item.season)
    if (episodes === undefined) seasons.set(item.season, [episode])
    else episodes.push(episode)
  }
  return [...seasons].map(([season, unsorted]) => {
    const episodes = unsorted.sort((a, b) => a.item.episode - b.item.episode)
    return { season, episodes, filesHash: hashFiles(episodes) }
  })
}

/** Markers are those of the edition without a name. All renditions of a master have the same times. */
function chooseFile (item: CatalogueItem, files: readonly CatalogueFile[]): ComparedEpisode | null {
  const usable = files.flatMap((file) => {
    const { state, stage, durationMs, audioTracks } = file
    const main = audioTracks.findIndex(({ kind }) => kind === 'main')
    const isUsable = state === 'ready' && stage === 'active' && audioTracks.length > 0
    return isUsable && durationMs !== null && durationMs >= MIN_DURATION_MS
      ? [{ item, file, durationMs, track: Math.max(0, main) }]
      : []
  })
  const ofFirstEdition = usable.filter(({ file }) => file.edition === null)
  const candidates = ofFirstEdition.length > 0 ? ofFirstEdition : usable
  return candidates.sort((a, b) => a.file.sizeBytes - b.file.sizeBytes || (a.file.id < b.file.id ? -1 : 1))[0] ?? null
}

function hashFiles (episodes: readonly ComparedEpisode[]): string {
  const hash = createHash('sha256')
  for (const { item, file } of episodes) hash.update(`${item.id} ${file.sha256}\n`)
  return hash.digest('hex')
}
