// Pages of a ranked list: a page begins behind the place where the one before ended, whatever was added meanwhile. Pure.

/** A place in a ranked list, highest first: what it is ranked by, and the id last, so that no two are the same. */
export type RankKey = ReadonlyArray<string | number>

export interface RankedEntry {
  readonly key: RankKey
}

/** Positive when `a` is ranked higher. */
export function compareRanks (a: RankKey, b: RankKey): number {
  for (let i = 0; i < a.length; i++) {
    const [value, other] = [a[i] ?? '', b[i] ?? '']
    if (value !== other) return value > other ? 1 : -1
  }
  return 0
}

export interface RankedPage<E> {
  readonly entries: E[]
  readonly next: RankKey | null
}

/** @param entries ranked, highest first */
export function pageOfRanked<E extends RankedEntry> (
  entries: Iterable<E>,
  after: RankKey | null,
  limit: number,
  isWanted: (entry: E) => boolean,
): RankedPage<E> {
  return takePage(entries, limit, (entry) => (after === null || compareRanks(entry.key, after) < 0) && isWanted(entry))
}

/** @param entries ordered, lowest first, as names are */
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
