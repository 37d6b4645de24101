import fc from 'fast-check'
import t from 'tap'
import {
  assertProfileLimit,
  decidePlanChange,
  limitsOf,
  listPlans,
  planIds,
  smallestPlanFor,
} from '../../src/domain/plans.js'

const profiles = (count: number, locked = 0) =>
  Array.from({ length: count + locked }, (_, i) => ({ id: `p${i}`, name: `P${i}`, locked: i >= count }))

t.test('the three plans allow what is promised', async (t) => {
  t.strictSame(
    listPlans().map((
      { id, maxProfiles, maxStreams, maxHeight, price },
    ) => [id, maxProfiles, maxStreams, maxHeight, price.amount]),
    [
      ['basic', 1, 1, 720, 799],
      ['standard', 3, 2, 1080, 1299],
      ['premium', 5, 4, 2160, 1799],
    ],
  )
})

t.test('n profiles fit and n+1 do not, locked ones not counted', async (t) => {
  for (const id of planIds()) {
    const { maxProfiles } = limitsOf(id)
    t.doesNotThrow(() => {
      assertProfileLimit(limitsOf(id), profiles(maxProfiles, 3))
    })
    t.throws(() => {
      assertProfileLimit(limitsOf(id), profiles(maxProfiles + 1))
    }, { code: 'plan-profile-limit', status: 409 })
  }
})

t.test('a downgrade with too many profiles needs a choice, and locks nothing by itself', async (t) => {
  t.match(decidePlanChange('premium', 'basic', profiles(3)), { needsChoice: true, lock: [] })
})

t.test('a chosen downgrade locks the others; an upgrade brings them back in their order', async (t) => {
  t.match(decidePlanChange('premium', 'basic', profiles(3), ['p1']), {
    needsChoice: false,
    lock: ['p0', 'p2'],
    unlock: [],
  })
  t.match(decidePlanChange('basic', 'standard', profiles(1, 4)), { lock: [], unlock: ['p1', 'p2'] })
})

t.test('a choice must name profiles of the account, and no more than fit', async (t) => {
  t.throws(() => decidePlanChange('premium', 'basic', profiles(3), ['x']), { code: 'unknown-profile' })
  t.throws(() => decidePlanChange('premium', 'basic', profiles(3), []), { code: 'unknown-profile' })
  t.throws(() => decidePlanChange('premium', 'basic', profiles(3), ['p0', 'p1']), { code: 'plan-profile-limit' })
})

t.test('whatever is decided, the usable profiles afterwards fit the plan', async (t) => {
  fc.assert(
    fc.property(
      fc.constantFrom(...planIds()),
      fc.constantFrom(...planIds()),
      fc.integer({ min: 1, max: 5 }),
      fc.integer({ min: 0, max: 4 }),
      (from, to, usable, locked) => {
        const all = profiles(usable, locked)
        const change = decidePlanChange(from, to, all)
        if (change.needsChoice) return usable > limitsOf(to).maxProfiles
        const after = all.filter((profile) =>
          change.unlock.includes(profile.id) || (!profile.locked && !change.lock.includes(profile.id))
        )
        return after.length <= limitsOf(to).maxProfiles
      },
    ),
  )
  t.pass('over 100 random accounts')
})

t.test('the smallest plan for a height is named, if there is one', async (t) => {
  const rows: Array<[number, string | null]> = [
    [0, 'basic'],
    [720, 'basic'],
    [721, 'standard'],
    [1080, 'standard'],
    [1081, 'premium'],
    [2160, 'premium'],
    [2161, null],
  ]
  for (const [height, plan] of rows) t.equal(smallestPlanFor(height)?.id ?? null, plan, `${height}p`)
})
