// Sorted lists of titles. A list is sorted when it is first requested; later changes are merged into it, so that a
// large catalogue that changes often is not sorted for each request.
import type { Catalogue, CatalogueTitle, GenreGroup, Sort } from './catalogue.js'

/** Position in a sorted list: the sort key of a title, then its ID. */
export type SortPosition = readonly [key: string | number, id: string]

export interface SortedLists {
  /** All titles, or those of a genre, ascending by sort key and ID. */
  sortedTitles(sort: Sort, group?: GenreGroup): readonly CatalogueTitle[]
  /** Like `sortedTitles`, without titles that never had a file. */
  sortedTitlesWithFiles(sort: Sort, group?: GenreGroup): readonly CatalogueTitle[]
  /** Number of titles of each genre that has titles. */
  genreGroupSizes(by: GenreGroup['by']): ReadonlyMap<string, number>
}

type TitleSource = Pick<Catalogue, 'titles' | 'findTitle' | 'canHaveFiles' | 'onChange'>

/** More pending changes are merged without waiting for a request. */
const MAX_PENDING_CHANGES = 2_000

/** Titles without a date or a year sort first. */
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

/** Index of the first title at or after a position, by binary search. */
export function findSortIndex (titles: readonly CatalogueTitle[], sort: Sort, position: SortPosition): number {
  let [low, high] = [0, titles.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    const title = titles[middle]
    if (title !== undefined && compareSortPositions([sortKey(title, sort), title.id], position) < 0) low = middle + 1
    else high = middle
  }
  return low
}

function genreGroups (
  { genreKeys, genreSlugs }: Pick<CatalogueTitle, 'genreKeys' | 'genreSlugs'>,
  by: GenreGroup['by'],
): readonly string[] {
  return by === 'key' ? genreKeys : genreSlugs
}

/** Creates sorted lists that follow the changes of a catalogue. */
export function createSortedLists (catalogue: TitleSource): SortedLists {
  const lists = new Map<string, SortedList>()
  const sizes = { key: countGroups(catalogue, 'key'), slug: countGroups(catalogue, 'slug') }

  catalogue.onChange((titleId, before) => {
    if (titleId === null) {
      lists.clear()
      for (const by of ['key', 'slug'] as const) sizes[by] = countGroups(catalogue, by)
      return
    }
    const after = catalogue.findTitle(titleId)
    for (const list of lists.values()) list.addChange(titleId, before, after)
    if (before === after) return
    for (const by of ['key', 'slug'] as const) {
      for (const group of before === null ? [] : genreGroups(before, by)) addToSize(sizes[by], group, -1)
      for (const group of after === null ? [] : genreGroups(after, by)) addToSize(sizes[by], group, 1)
    }
  })

  const sortedTitles: SortedLists['sortedTitles'] = (sort, group) => findList(sort, group, false)

  function findList (sort: Sort, group: GenreGroup | undefined, needsFiles: boolean): readonly CatalogueTitle[] {
    // Unknown genres do not create lists: clients could request any number of them.
    if (group !== undefined && !sizes[group.by].has(group.name)) return []
    const name = [sort, needsFiles, ...group === undefined ? [] : [group.by, group.name]].join(' ')
    const existing = lists.get(name)
    if (existing !== undefined) return existing.titles()
    const isInGroup = (title: CatalogueTitle): boolean =>
      (group === undefined || genreGroups(title, group.by).includes(group.name)) &&
      (!needsFiles || catalogue.canHaveFiles(title.id))
    const list = createSortedList(
      catalogue,
      sort,
      isInGroup,
      needsFiles,
      group === undefined && !needsFiles
        ? sortTitles([...catalogue.titles()], sort)
        : sortedTitles(sort).filter(isInGroup),
    )
    lists.set(name, list)
    return list.titles()
  }

  return {
    sortedTitles,
    sortedTitlesWithFiles: (sort, group) => findList(sort, group, true),
    genreGroupSizes: (by) => sizes[by],
  }
}

function countGroups (catalogue: TitleSource, by: GenreGroup['by']): Map<string, number> {
  const sizes = new Map<string, number>()
  for (const title of catalogue.titles()) for (const group of genreGroups(title, by)) addToSize(sizes, group, 1)
  return sizes
}

function addToSize (sizes: Map<string, number>, group: string, change: number): void {
  const size = (sizes.get(group) ?? 0) + change
  if (size > 0) sizes.set(group, size)
  else sizes.delete(group)
}

interface SortedList {
  titles(): readonly CatalogueTitle[]
  /** Records a change, to be merged later. */
  addChange(titleId: string, before: CatalogueTitle | null, after: CatalogueTitle | null): void
}

/**
 * @param needsFiles whether a title enters with its first file
 * @param titles the sorted titles for which `isInGroup` is true
 */
function createSortedList (
  catalogue: TitleSource,
  sort: Sort,
  isInGroup: (title: CatalogueTitle) => boolean,
  needsFiles: boolean,
  titles: readonly CatalogueTitle[],
): SortedList {
  /** Changed titles by ID, as they are in the list; null if they are not in it. */
  const pending = new Map<string, CatalogueTitle | null>()

  function mergePending (): void {
    const removed = [...pending.values()].filter((title) => title !== null)
    const added = [...pending.keys()].map((id) => catalogue.findTitle(id))
      .filter((title) => title !== null).filter(isInGroup)
    pending.clear()
    titles = mergeTitles(titles, sort, removed, added)
  }

  return {
    titles () {
      if (pending.size > 0) mergePending()
      return titles
    },
    addChange (titleId, before, after) {
      if (pending.has(titleId)) return
      if (before === after) {
        if (needsFiles && after !== null && isInGroup(after)) pending.set(titleId, null)
      } else if (before !== null && isInGroup(before)) pending.set(titleId, before)
      else if (after !== null && isInGroup(after)) pending.set(titleId, null)
      if (pending.size >= MAX_PENDING_CHANGES) mergePending()
    },
  }
}

function sortTitles (titles: readonly CatalogueTitle[], sort: Sort): CatalogueTitle[] {
  return titles.map((title) => ({ title, position: [sortKey(title, sort), title.id] as const }))
    .sort((a, b) => compareSortPositions(a.position, b.position))
    .map(({ title }) => title)
}

/** Returns a new sorted list. Unchanged runs of the old list are copied whole. */
function mergeTitles (
  titles: readonly CatalogueTitle[],
  sort: Sort,
  removed: readonly CatalogueTitle[],
  added: readonly CatalogueTitle[],
): CatalogueTitle[] {
  const toRemove = new Set(removed)
  const runs: Array<readonly CatalogueTitle[]> = []
  let from = 0
  // The sort is stable: at equal positions, a removed title comes before an added one.
  for (const title of sortTitles([...removed, ...added], sort)) {
    const index = findSortIndex(titles, sort, [sortKey(title, sort), title.id])
    if (index > from) runs.push(titles.slice(from, index))
    from = Math.max(from, index)
    if (!toRemove.has(title)) runs.push([title])
    else if (titles[index] === title) from = index + 1
  }
  runs.push(titles.slice(from))
  return ([] as CatalogueTitle[]).concat(...runs)
}
