import t from 'tap'
import {
  UNRESTRICTED_SCOPE,
  isVisible,
  isSuitable,
  MATURITY_RATINGS,
  maturityCeiling,
  type Visibility,
} from '../../src/domain/maturity.js'

const now = new Date('2026-01-01T00:00:00Z')
const title = (fields: Partial<Visibility> = {}): Visibility => ({
  maturityRating: 'PG',
  published: true,
  availableFrom: null,
  availableUntil: null,
  ...fields,
})
const kids = { kids: true, maxMaturityAge: 18 }

t.test('an adult sees every rating and the unrated', async (t) => {
  for (const rating of [...MATURITY_RATINGS, null]) t.ok(isSuitable(UNRESTRICTED_SCOPE, rating), String(rating))
})

t.test('a kids profile sees titles for ages up to 7, and no unrated ones', async (t) => {
  t.strictSame(MATURITY_RATINGS.filter((rating) => isSuitable(kids, rating)), ['G', 'TV-Y', 'TV-Y7', 'TV-G'])
  t.notOk(isSuitable(kids, null))
  t.equal(maturityCeiling(kids), 7, 'the limit of a kids profile cannot be raised')
  t.equal(maturityCeiling({ kids: true, maxMaturityAge: 3 }), 3)
})

t.test('a maturity age hides higher ratings', async (t) => {
  const teen = { kids: false, maxMaturityAge: 13 }
  t.ok(isSuitable(teen, 'PG-13'))
  t.notOk(isSuitable(teen, 'TV-14'))
  t.notOk(isSuitable(teen, 'R'))
})

t.test('unpublished and unavailable titles are hidden', async (t) => {
  t.ok(isVisible(UNRESTRICTED_SCOPE, title(), now))
  t.notOk(isVisible(UNRESTRICTED_SCOPE, title({ published: false }), now))
  t.notOk(isVisible(UNRESTRICTED_SCOPE, title({ availableFrom: new Date(now.getTime() + 1) }), now))
  t.ok(isVisible(UNRESTRICTED_SCOPE, title({ availableFrom: now }), now), 'the first instant is included')
  t.notOk(isVisible(UNRESTRICTED_SCOPE, title({ availableUntil: now }), now), 'the last instant is excluded')
})
