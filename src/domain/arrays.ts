// Functions on arrays that Node 20 lacks.

/** Groups by a key, in order of first appearance. */
export function groupBy<T, K> (list: readonly T[], keyOf: (one: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>()
  for (const one of list) {
    const key = keyOf(one)
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [one])
    else group.push(one)
  }
  return groups
}

/** Splits a list into batches of `size`; the last one may be shorter. */
export function* splitIntoBatches<T> (list: readonly T[], size: number): Generator<T[]> {
  for (let start = 0; start < list.length; start += size) yield list.slice(start, start + size)
}
