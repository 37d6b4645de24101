// Ids of demo titles that are the same on every run and machine, so that seeding twice changes nothing.
import { createHash } from 'node:crypto'

export type DemoKind = 'movie' | 'show' | 'episode'

/** The 24 hex digits (an ObjectId's length) that stand for `key` among the demo titles of its kind. */
export function stableId (kind: DemoKind, key: string): string {
  return createHash('sha256').update(`normflix-demo:${kind}:${key}`).digest('hex').slice(0, 24)
}

/** A demo movie's id: title and year tell movies apart, remakes included. */
export function movieId (title: string, year: number | null): string {
  return stableId('movie', `${title}|${year ?? 'undated'}`)
}

/** A demo episode's id; `showKey` is the show's short name, such as `firefly`. */
export function episodeId (showKey: string, season: number, episode: number): string {
  return stableId('episode', `${showKey}|${season}|${episode}`)
}
