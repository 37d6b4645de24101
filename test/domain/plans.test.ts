import fc from 'fast-check'
import t from 'tap'
import {
  assertProfileLimit,
  createPlanTable,
  decidePlanChange,
  DEFAULT_PLANS,
  isSameLimits,
  type Plan,
  type PlanChange,
} from '../../src/domain/plans.js'

const profilesOf = (count: number, locked = 0) =>
  Array.from({ length: count + locked }, (_, i) => ({ id: `p${i}`, name: `P${i}`, locked: i >= count }))
const decide = (from: string, to: string, profiles: ReturnType<typeof profilesOf>, keep?: string[]): PlanChange =>
  decidePlanChange(DEFAULT_PLANS, from, to, profiles, keep)
const planOf = (id: string, maxProfiles: number, maxHeight: number): Plan => ({
  id,
  name: id,
  maxProfiles,
  maxStreams: 1,
  maxHeight,
  price: { amount: 1, currency: 'EUR' },
})

t.test('the default plans and their limits', async (t) => {
  t.strictSame(
    DEFAULT_PLANS.plans.map((
      { id, maxProfiles, maxStreams, maxHeight, price },
    ) => [id, maxProfiles, maxStreams, maxHeight, price.amount]),
    [
      ['basic', 1, 1, 720, 799],
      ['standard', 3, 2, 1080, 1299],
      ['premium', 5, 4, 2160, 1799],
    ],
  )
})

t.test('a plan table finds plans and their limits', async (t) => {
  const plans = createPlanTable([planOf('small', 2, 480), planOf('large', 6, 1080)])
  t.strictSame(plans.ids, ['small', 'large'])
  t.match([plans.smallest, plans.largest], [{ id: 'small' }, { id: 'large' }])
  t.equal(plans.maxStoredProfiles, 6)
  t.equal(plans.find('large')?.maxHeight, 1080)
  t.equal(plans.find('basic'), null)
  t.strictSame(plans.limitsOf('small'), { maxProfiles: 2, maxStreams: 1, maxHeight: 480 })
  t.throws(() => plans.limitsOf('basic'), { code: 'validation-failed', status: 400 })
  t.ok(isSameLimits(plans.limitsOf('small'), planOf('other', 2, 480)))
  t.notOk(isSameLimits(plans.limitsOf('small'), plans.limitsOf('large')))
})

t.test('a plan table is immutable and independent of others', async (t) => {
  const source = [planOf('small', 2, 480)]
  const plans = createPlanTable(source)
  source.push(planOf('large', 6, 1080))
  t.strictSame([plans.ids, plans.plans.length], [['small'], 1])
  t.throws(() => {
    Object.assign(plans, { ids: [] })
  }, TypeError)
  t.throws(() => {
    ;(plans.plans as Plan[]).push(planOf('large', 6, 1080))
  }, TypeError)
  t.equal(DEFAULT_PLANS.find('small'), null)
  t.throws(() => createPlanTable([]), RangeError)
})

t.test('n profiles fit and n+1 do not, locked ones not counted', async (t) => {
  for (const id of DEFAULT_PLANS.ids) {
    const limits = DEFAULT_PLANS.limitsOf(id)
    t.doesNotThrow(() => {
      assertProfileLimit(limits, profilesOf(limits.maxProfiles, 3))
    })
    t.throws(() => {
      assertProfileLimit(limits, profilesOf(limits.maxProfiles + 1))
    }, { code: 'plan-profile-limit', status: 409 })
  }
})

t.test('a downgrade with too many profiles needs a choice and locks none', async (t) => {
  t.match(decide('premium', 'basic', profilesOf(3)), { needsChoice: true, lock: [] })
})

t.test('a chosen downgrade locks the other profiles; an upgrade unlocks them in their order', async (t) => {
  t.match(decide('premium', 'basic', profilesOf(3), ['p1']), { needsChoice: false, lock: ['p0', 'p2'], unlock: [] })
  t.match(decide('basic', 'standard', profilesOf(1, 4)), { lock: [], unlock: ['p1', 'p2'] })
})

t.test('a choice names profiles of the account, at most as many as the plan allows', async (t) => {
  t.throws(() => decide('premium', 'basic', profilesOf(3), ['x']), { code: 'unknown-profile' })
  t.throws(() => decide('premium', 'basic', profilesOf(3), []), { code: 'unknown-profile' })
  t.throws(() => decide('premium', 'basic', profilesOf(3), ['p0', 'p1']), { code: 'plan-profile-limit' })
})

t.test('after any plan change, the usable profiles fit the plan', async (t) => {
  fc.assert(
    fc.property(
      fc.constantFrom(...DEFAULT_PLANS.ids),
      fc.constantFrom(...DEFAULT_PLANS.ids),
      fc.integer({ min: 1, max: 5 }),
      fc.integer({ min: 0, max: 4 }),
      (from, to, usable, locked) => {
        const profiles = profilesOf(usable, locked)
        const change = decide(from, to, profiles)
        const { maxProfiles } = DEFAULT_PLANS.limitsOf(to)
        if (change.needsChoice) return usable > maxProfiles
        const after = profiles.filter((profile) =>
          change.unlock.includes(profile.id) || (!profile.locked && !change.lock.includes(profile.id))
        )
        return after.length <= maxProfiles
      },
    ),
  )
  t.pass('over 100 random accounts')
})

t.test('the smallest plan for a resolution', async (t) => {
  const rows: Array<[number, string | null]> = [
    [0, 'basic'],
    [720, 'basic'],
    [721, 'standard'],
    [1080, 'standard'],
    [1081, 'premium'],
    [2160, 'premium'],
    [2161, null],
  ]
  for (const [height, plan] of rows) {
    t.equal(DEFAULT_PLANS.smallestPlanFor(height)?.id ?? null, plan, `${height}p`)
  }
})
