// Changes of ordered lists.

/** Moves an item by a number of places; the list stays the same at its ends. */
export function moveItem<T> (items: readonly T[], index: number, by: number): T[] {
  const target = index + by
  const item = items[index]
  if (item === undefined || target < 0 || target >= items.length) return [...items]
  const others = items.filter((_, at) => at !== index)
  return [...others.slice(0, target), item, ...others.slice(target)]
}
