// Limits of caches.

/**
 * Limits an LRU cache to a number of entries. With its own limit `max`, lru-cache reserves arrays of that length when
 * it is created: 1 MB for 50,000 entries.
 */
export function limitEntries (
  maxEntries: number,
): { readonly maxSize: number, readonly sizeCalculation: () => number } {
  return { maxSize: maxEntries, sizeCalculation: countOne }
}

const countOne = (): number => 1
