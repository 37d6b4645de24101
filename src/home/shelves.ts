// The catalogue in the orders that the home page needs: newest, most popular, by genre, by person. Made again when it
// changed, but never for more than a small share of the time.
import { foldText } from '../catalogue/fold-text.js'
import type { Catalogue, CatalogueTitle } from '../catalogue/snapshot.js'

export interface Shelves {
  readonly newest: readonly CatalogueTitle[]
  readonly popular: readonly CatalogueTitle[]
  /** By slug, the largest first; the most popular of each first. */
  readonly genres: ReadonlyMap<string, Genre>
  readonly byPerson: ReadonlyMap<string, readonly CatalogueTitle[]>
}

export interface Genre { readonly slug: string, readonly name: string, readonly titles: readonly CatalogueTitle[] }

/** Shelves that are made so fast are always made again at once. */
const FAST_MS = 10
/** Of slower ones, the time that making them may take: one part in so many. */
const SHARE = 50

interface Made { readonly shelves: Shelves, readonly generation: number, readonly madeAtMs: number, readonly tookMs: number }
const made = new WeakMap<Catalogue, Made>()

/** The shelves of a catalogue; while it changes all the time, those of a moment ago. */
export function shelvesOf (catalogue: Catalogue): Shelves {
  const generation = catalogue.generation()
  const known = made.get(catalogue)
  const startedMs = performance.now()
  if (known !== undefined && (known.generation === generation || (known.tookMs > FAST_MS && startedMs - known.madeAtMs < known.tookMs * SHARE))) return known.shelves
  const shelves = makeShelves(catalogue)
  const madeAtMs = performance.now()
  made.set(catalogue, { shelves, generation, madeAtMs, tookMs: madeAtMs - startedMs })
  return shelves
}

function makeShelves (catalogue: Catalogue): Shelves {
  const popular = [...catalogue.titles()].sort((a, b) => b.popularity - a.popularity || compareIds(b, a))
  const newest = [...popular].sort((a, b) => b.addedAt.getTime() - a.addedAt.getTime() || compareIds(b, a))
  const genres = new Map<string, { slug: string, name: string, titles: CatalogueTitle[] }>()
  const byPerson = new Map<string, CatalogueTitle[]>()
  const slugs = new Map<string, string>()
  for (const title of popular) {
    for (const name of title.genres) {
      const slug = slugs.get(name) ?? slugOf(name)
      slugs.set(name, slug)
      const genre = genres.get(slug)
      if (genre === undefined) genres.set(slug, { slug, name, titles: [title] })
      else if (genre.titles.at(-1) !== title) genre.titles.push(title)
    }
    for (const name of title.people) {
      const titles = byPerson.get(name)
      if (titles === undefined) byPerson.set(name, [title])
      else titles.push(title)
    }
  }
  return { popular, newest, genres: new Map([...genres].sort(([, a], [, b]) => b.titles.length - a.titles.length)), byPerson }
}

function compareIds (a: CatalogueTitle, b: CatalogueTitle): number {
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0
}

/** A genre's name as it stands in the id of its row. */
export function slugOf (genre: string): string {
  return foldText(genre).replace(/[^\p{L}\p{N}]+/gu, '-').replace(/^-|-$/g, '').slice(0, 80)
}
