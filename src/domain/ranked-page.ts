// Keyset pages of lists in memory: a page starts after the last entry of the page before, whatever was added in
// between.

/** Sort key of an entry. It ends with the ID, so that no two entries have the same key. */
export type RankKey = ReadonlyArray<string | number>

export interface RankedEntry {
  readonly key: RankKey
}

/** Positive when `a` ranks higher. */
export function compareRanks (a: RankKey, b: RankKey): number {
  for (let i = 0; i < a.length; i++) {
    const [value, other] = [a[i] ?? '', b[i] ?? '']
    if (value !== other) return value > other ? 1 : -1
  }
  return 0
}

export interface RankedPage<E> {
  readonly entries: E[]
  /** Key of the last entry; null on the last page. */
  readonly next: RankKey | null
}

/** Takes a page of entries that are sorted by key, highest first. */
export function pageOfRanked<E extends RankedEntry> (
  entries: Iterable<E>,
  after: RankKey | null,
  limit: number,
  isWanted: (entry: E) => boolean,
): RankedPage<E> {
  return takePage(entries, limit, (entry) => (after === null || compareRanks(entry.key, after) < 0) && isWanted(entry))
}

/** Takes a page of entries that are sorted by key, lowest first. */
export function pageOfOrdered<E extends RankedEntry> (
  entries: Iterable<E>,
  after: RankKey | null,
  limit: number,
  isWanted: (entry: E) => boolean,
): RankedPage<E> {
  return takePage(entries, limit, (entry) => (after === null || compareRanks(entry.key, after) > 0) && isWanted(entry))
}

function takePage<E extends RankedEntry> (
  entries: Iterable<E>,
  limit: number,
  isWanted: (entry: E) => boolean,
): RankedPage<E> {
  const page: E[] = []
  for (const entry of entries) {
    if (!isWanted(entry)) continue
    if (page.length === limit) return { entries: page, next: page.at(-1)?.key ?? null }
    page.push(entry)
  }
  return { entries: page, next: null }
}
