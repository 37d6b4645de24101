import fc from 'fast-check'
import t from 'tap'
import { arrangeWishlist, moveToFront, pageOfWishlist, type WishlistCursor } from '../../src/domain/wishlist-page.js'

const titles = (ids: readonly string[]): Array<{ id: string }> => ids.map((id) => ({ id }))

t.test('an own order puts new titles first and leaves out removed ones', async (t) => {
  t.strictSame(arrangeWishlist(['e', 'd', 'c', 'b', 'a'], null), ['e', 'd', 'c', 'b', 'a'])
  t.strictSame(arrangeWishlist(['e', 'd', 'c', 'a'], ['a', 'b', 'c']), ['e', 'd', 'a', 'c'])
  t.strictSame(moveToFront(['a', 'b', 'c', 'd'], ['d', 'b']), ['d', 'b', 'a', 'c'])
})

t.test('pages contain each visible title once, in order', async (t) => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 30 }),
      fc.integer({ min: 1, max: 7 }),
      fc.integer({ min: 1, max: 4 }),
      (count, limit, every) => {
        const order = Array.from({ length: count }, (_, i) => `t${i}`)
        const visible = order.filter((_, i) => i % every === 0)
        return JSON.stringify(readAll(order, visible, limit, (list) => list)) === JSON.stringify(visible)
      },
    ),
  )
  t.pass('of up to 30 titles')
})

t.test('titles that are added or removed between pages cause no gaps and no repetitions', async (t) => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.integer({ min: 0, max: 2 }), fc.nat(100)), { maxLength: 40 }),
      fc.integer({ min: 1, max: 5 }),
      (edits, limit) => {
        const start = Array.from({ length: 20 }, (_, i) => `t${i}`)
        const removed = new Set<string>()
        const pending = [...edits]
        const seen = readAll(start, null, limit, (list) => {
          let next = list
          // At most as many titles are removed between two pages as a cursor has IDs.
          for (const [kind, n] of pending.splice(0, 8)) {
            const victim = next[n % Math.max(1, next.length)]
            if (kind === 0) next = [`new${pending.length}-${n}-${next.length}`, ...next]
            else if (victim !== undefined && kind === 1) {
              removed.add(victim)
              next = next.filter((id) => id !== victim)
            } else if (victim !== undefined && removed.add(victim)) {
              next = [
                victim,
                ...next.filter((id) => id !== victim),
              ]
            }
          }
          return next
        })
        const unchanged = start.filter((id) => !removed.has(id))
        return JSON.stringify(seen.filter((id) => unchanged.includes(id))) === JSON.stringify(unchanged)
      },
    ),
    { numRuns: 2_000 },
  )
  t.pass('over 2,000 random edits')
})

t.test('when more titles are removed than a cursor has IDs, some repeat and none is missing', async (t) => {
  const order = Array.from({ length: 30 }, (_, i) => `t${i}`)
  const first = pageOfWishlist(order, titles(order), null, 12)
  const left = order.filter((_, i) => i < 4 || (i >= 14))
  const second = pageOfWishlist(left, titles(left), first.next, 100)
  t.strictSame(second.titles.slice(-16).map(({ id }) => id), order.slice(14))
})

/** Reads all pages; `edit` changes the list after each one. */
function readAll (
  start: readonly string[],
  visible: readonly string[] | null,
  limit: number,
  edit: (list: string[]) => string[],
): string[] {
  let list = [...start]
  let after: WishlistCursor | null = null
  const seen: string[] = []
  do {
    const page: ReturnType<typeof pageOfWishlist<{ id: string }>> = pageOfWishlist(
      list,
      titles(visible ?? list),
      after,
      limit,
    )
    seen.push(...page.titles.map(({ id }) => id))
    after = page.next
    list = edit(list)
  } while (after !== null)
  return seen
}
