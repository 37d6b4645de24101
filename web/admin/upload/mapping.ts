// Files before their upload, with the movie or episode that each one belongs to.
import type { QueryClient } from '@tanstack/react-query'
import type { Episode } from '@shared/api/client.js'
import type { PlayableItem } from '../api/media.js'
import { titleMatchesQuery, type AdminTitle } from '../api/titles.js'
import { recogniseFileName } from './file-names.js'

export interface MappedFile {
  readonly key: string
  readonly file: File
  /** The name that the file states; files with the same name get the same title. */
  readonly recognisedTitle: string
  readonly title: AdminTitle | null
  readonly season: number | null
  readonly episode: number | null
  readonly language: string
  readonly edition: string
}

/** What a file still needs: a title, an episode number, or an episode that exists. */
export type MappingProblem = 'noTitle' | 'noNumber' | 'missingEpisode'

export interface ResolvedFile {
  readonly mapped: MappedFile
  readonly item: PlayableItem | null
  readonly problem: MappingProblem | null
}

let lastKey = 0

/** Recognises the files by their names, and finds their titles. */
export async function mapFiles (queryClient: QueryClient, files: readonly File[]): Promise<MappedFile[]> {
  return await Promise.all(files.map(async (file): Promise<MappedFile> => {
    const { title: recognisedTitle, year, season, episode, language, edition } = recogniseFileName(file.name)
    const isEpisode = episode !== null
    const matches = recognisedTitle === ''
      ? []
      : await queryClient.fetchQuery(titleMatchesQuery(recognisedTitle, isEpisode ? 'show' : 'movie'))
    return {
      key: String(++lastKey),
      file,
      recognisedTitle,
      title: matches.find((match) => year !== null && match.year === year) ?? matches[0] ?? null,
      season: season ?? (isEpisode ? 1 : null),
      episode,
      language,
      edition,
    }
  }))
}

export function resolveFile (
  mapped: MappedFile,
  findEpisodes: (showId: string, season: number) => readonly Episode[] | undefined,
): ResolvedFile {
  const { title, season, episode } = mapped
  if (title === null) return { mapped, item: null, problem: 'noTitle' }
  if (title.kind === 'movie') return { mapped, item: { kind: 'movie', itemId: title.id }, problem: null }
  if (season === null || episode === null) return { mapped, item: null, problem: 'noNumber' }
  const episodes = findEpisodes(title.id, season)
  if (episodes === undefined) return { mapped, item: null, problem: null }
  const found = episodes.find(({ number }) => number === episode)
  if (found === undefined) return { mapped, item: null, problem: 'missingEpisode' }
  const item = { kind: 'episode', itemId: found.id, path: { showId: title.id, season, episode } } as const
  return { mapped, item, problem: null }
}

/** Names the item of a file. */
export function nameItem ({ title, season, episode }: MappedFile): string {
  if (title === null) return ''
  return title.kind === 'movie' ? title.title : `${title.title} S${season ?? '?'} E${episode ?? '?'}`
}
