// The titles in the orders that lists need. A list is put in order once, when it is first asked for; what changes after that
// is merged into it, so that a catalogue of any size that changes all the time is not sorted for each request.
import type { Catalogue, CatalogueTitle } from './catalogue.js'

export const SORTS = ['title', 'release', 'added', 'popularity'] as const
export type Sort = (typeof SORTS)[number]

/** A place in a sorted list: a title's key, then its id. */
export type SortPosition = readonly [key: string | number, id: string]

/** Genres are grouped as filters name them, or as the rows of the home page do. */
export interface GenreGroup {
  readonly by: 'key' | 'slug'
  readonly name: string
}

export interface SortedLists {
  /** Ascending by key, then id; the titles of one group of genres, or all. */
  sorted(sort: Sort, group?: GenreGroup): readonly CatalogueTitle[]
  /** How many titles each group has that has any. */
  groupSizes(by: GenreGroup['by']): ReadonlyMap<string, number>
}

/** More changes that wait are merged before anybody asks. */
const MERGED_AT_ONCE = 2_000

/** Titles without a date or a year sort before all others. */
export function sortKey (title: CatalogueTitle, sort: Sort): string | number {
  switch (sort) {
    case 'title':
      return title.sortTitle
    case 'release':
      return title.releaseDate ?? (title.year === null ? '' : String(title.year))
    case 'added':
      return title.addedAt.getTime()
    case 'popularity':
      return title.popularity
  }
}

export function compareSortPositions (a: SortPosition, b: SortPosition): number {
  if (a[0] !== b[0]) return a[0] < b[0] ? -1 : 1
  return a[1] < b[1] ? -1 : a[1] > b[1] ? 1 : 0
}

/** The first place in a list that is not before a position. */
export function sortPositionOf (titles: readonly CatalogueTitle[], sort: Sort, position: SortPosition): number {
  let [low, high] = [0, titles.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    const title = titles[middle]
    if (title !== undefined && compareSortPositions([sortKey(title, sort), title.id], position) < 0) low = middle + 1
    else high = middle
  }
  return low
}

export function groupsOf (
  { genreKeys, genreSlugs }: Pick<CatalogueTitle, 'genreKeys' | 'genreSlugs'>,
  by: GenreGroup['by'],
): readonly string[] {
  return by === 'key' ? genreKeys : genreSlugs
}

const known = new WeakMap<Catalogue, SortedLists>()

/** The orders of a catalogue, which follow it for as long as it is there. */
export function sortedLists (catalogue: Catalogue): SortedLists {
  const orders = known.get(catalogue) ?? createOrders(catalogue)
  known.set(catalogue, orders)
  return orders
}

function createOrders (catalogue: Catalogue): SortedLists {
  const lists = new Map<string, List>()
  const sizes = { key: countGroups(catalogue, 'key'), slug: countGroups(catalogue, 'slug') }

  catalogue.onChange((titleId, before) => {
    if (titleId === null) {
      lists.clear()
      for (const by of ['key', 'slug'] as const) sizes[by] = countGroups(catalogue, by)
      return
    }
    const after = catalogue.findTitle(titleId)
    for (const list of lists.values()) list.note(titleId, before, after)
    for (const by of ['key', 'slug'] as const) {
      for (const group of before === null ? [] : groupsOf(before, by)) count(sizes[by], group, -1)
      for (const group of after === null ? [] : groupsOf(after, by)) count(sizes[by], group, 1)
    }
  })

  function sorted (sort: Sort, group?: GenreGroup): readonly CatalogueTitle[] {
    // What no title has is not worth a list.
    if (group !== undefined && !sizes[group.by].has(group.name)) return []
    const name = group === undefined ? sort : `${sort} ${group.by} ${group.name}`
    const known = lists.get(name)
    if (known !== undefined) return known.titles()
    const belongs = (title: CatalogueTitle): boolean =>
      group === undefined || groupsOf(title, group.by).includes(group.name)
    const list = createList(
      catalogue,
      sort,
      belongs,
      group === undefined ? sortTitles([...catalogue.titles()], sort) : sorted(sort).filter(belongs),
    )
    lists.set(name, list)
    return list.titles()
  }

  return { sorted, groupSizes: (by) => sizes[by] }
}

function countGroups (catalogue: Catalogue, by: GenreGroup['by']): Map<string, number> {
  const sizes = new Map<string, number>()
  for (const title of catalogue.titles()) for (const group of groupsOf(title, by)) count(sizes, group, 1)
  return sizes
}

function count (sizes: Map<string, number>, group: string, change: number): void {
  const size = (sizes.get(group) ?? 0) + change
  if (size > 0) sizes.set(group, size)
  else sizes.delete(group)
}

interface List {
  titles(): readonly CatalogueTitle[]
  /** A title is not what it was. */
  note(id: string, before: CatalogueTitle | null, after: CatalogueTitle | null): void
}

/** @param titles those that belong to it now, in their order */
function createList (
  catalogue: Catalogue,
  sort: Sort,
  belongs: (title: CatalogueTitle) => boolean,
  titles: readonly CatalogueTitle[],
): List {
  /** What changed since, as it stands in the list; null when it does not. */
  const changed = new Map<string, CatalogueTitle | null>()

  function merge (): void {
    const gone = [...changed.values()].filter((title) => title !== null)
    const come = [...changed.keys()].map((id) => catalogue.findTitle(id)).filter((title) =>
      title !== null && belongs(title)
    ) as CatalogueTitle[]
    changed.clear()
    titles = mergeTitles(titles, sort, gone, come)
  }

  return {
    titles () {
      if (changed.size > 0) merge()
      return titles
    },
    note (id, before, after) {
      if (changed.has(id)) return
      if (before !== null && belongs(before)) changed.set(id, before)
      else if (after !== null && belongs(after)) changed.set(id, null)
      if (changed.size >= MERGED_AT_ONCE) merge()
    },
  }
}

function sortTitles (titles: readonly CatalogueTitle[], sort: Sort): CatalogueTitle[] {
  return titles.map((title) => ({ title, position: [sortKey(title, sort), title.id] as const }))
    .sort((a, b) => compareSortPositions(a.position, b.position))
    .map(({ title }) => title)
}

/** A sorted list without some of its titles, and with others; what lies between them is copied as it is. */
function mergeTitles (
  titles: readonly CatalogueTitle[],
  sort: Sort,
  gone: readonly CatalogueTitle[],
  come: readonly CatalogueTitle[],
): CatalogueTitle[] {
  const leaving = new Set(gone)
  const parts: Array<readonly CatalogueTitle[]> = []
  let from = 0
  // Of one position, what leaves comes before what stands there now: the sort is stable.
  for (const title of sortTitles([...gone, ...come], sort)) {
    const at = sortPositionOf(titles, sort, [sortKey(title, sort), title.id])
    if (at > from) parts.push(titles.slice(from, at))
    from = Math.max(from, at)
    if (!leaving.has(title)) parts.push([title])
    else if (titles[at] === title) from = at + 1
  }
  parts.push(titles.slice(from))
  return ([] as CatalogueTitle[]).concat(...parts)
}
