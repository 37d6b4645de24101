import fc from 'fast-check'
import t from 'tap'
import { arrangeWishlist, moveToFront, pageOfWishlist, type WishlistCursor } from '../../src/domain/wishlist-page.js'

const titles = (ids: readonly string[]): Array<{ id: string }> => ids.map((id) => ({ id }))

t.test('an own order keeps to what is on the list: added since in front, removed left out', async (t) => {
  t.strictSame(arrangeWishlist(['e', 'd', 'c', 'b', 'a'], null), ['e', 'd', 'c', 'b', 'a'])
  t.strictSame(arrangeWishlist(['e', 'd', 'c', 'a'], ['a', 'b', 'c']), ['e', 'd', 'a', 'c'])
  t.strictSame(moveToFront(['a', 'b', 'c', 'd'], ['d', 'b']), ['d', 'b', 'a', 'c'])
})

t.test('pages in any size hold each title once, in order, past those that cannot be seen', async (t) => {
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

t.test('what is added or taken off between two pages makes none of the others appear twice or not at all', async (t) => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.integer({ min: 0, max: 2 }), fc.nat(100)), { maxLength: 40 }),
      fc.integer({ min: 1, max: 5 }),
      (edits, limit) => {
        const start = Array.from({ length: 20 }, (_, i) => `t${i}`)
        const removed = new Set<string>()
        const waiting = [...edits]
        const seen = readAll(start, null, limit, (list) => {
          let next = list
          // At most as many as a cursor remembers are taken off between two pages.
          for (const [kind, n] of waiting.splice(0, 8)) {
            const victim = next[n % Math.max(1, next.length)]
            if (kind === 0) next = [`new${waiting.length}-${n}-${next.length}`, ...next]
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
        const stayed = start.filter((id) => !removed.has(id))
        return JSON.stringify(seen.filter((id) => stayed.includes(id))) === JSON.stringify(stayed)
      },
    ),
    { numRuns: 2_000 },
  )
  t.pass('over 2,000 random histories')
})

t.test('when more was taken off than a cursor remembers, some may come again and none is left out', async (t) => {
  const order = Array.from({ length: 30 }, (_, i) => `t${i}`)
  const first = pageOfWishlist(order, titles(order), null, 12)
  const left = order.filter((_, i) => i < 4 || (i >= 14))
  const second = pageOfWishlist(left, titles(left), first.next, 100)
  t.strictSame(second.titles.slice(-16).map(({ id }) => id), order.slice(14))
})

/** Reads page by page; `edit` changes the list between two of them. */
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
