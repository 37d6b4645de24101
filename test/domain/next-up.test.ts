import fc from 'fast-check'
import t from 'tap'
import { advanceTitle, decideCard, EMPTY_TITLE_STATE, episodeAfter, type ItemRef, type TitleState } from '../../src/domain/next-up.js'
import { factsOfEvent, foldItem, mergeFacts } from '../../src/domain/progress.js'

const ORDER = [[1, 1], [1, 2], [1, 3], [2, 1], [2, 2]].map(([season = 0, episode = 0]) => ({ id: `s${season}e${episode}`, season, episode }))
const DURATION = 1_000_000

interface Sitting { season: number, episode: number, at: number, positionMs: number }

/** A sitting from the item's start to a place, told by the client in full. */
function take (title: TitleState, sittings: readonly Sitting[]): TitleState {
  const items = new Map<string, Sitting[]>()
  for (const one of sittings) items.set(`s${one.season}e${one.episode}`, [...items.get(`s${one.season}e${one.episode}`) ?? [], one])
  let state = title
  for (const [item, plays] of items) {
    const facts = plays.map(({ at, positionMs }) => mergeFacts(
      factsOfEvent({ at: at - 1, positionMs: 0, watchedMs: 0, eventId: '' }, { durationMs: DURATION, creditsStartMs: null }),
      factsOfEvent({ at, positionMs, watchedMs: positionMs, eventId: '' }, { durationMs: DURATION, creditsStartMs: null })))
    const [first] = plays
    const ref: ItemRef = { item, season: first?.season ?? 0, episode: first?.episode ?? 0 }
    const folded = foldItem(facts)
    if (folded !== null) state = advanceTitle(state, ref, folded)
  }
  return state
}

const sit = (season: number, episode: number, at: number, positionMs = DURATION): Sitting => ({ season, episode, at, positionMs })
function cardOf (...sittings: Sitting[]): string {
  const card = decideCard(take(EMPTY_TITLE_STATE, sittings), ORDER)
  return card === null ? 'none' : card.kind === 'resume' ? `resume ${card.item.item} ${card.state.positionMs}` : `next ${card.episode.id}`
}

t.test('the card of a show says what a viewer expects', async (t) => {
  const cases: Array<[name: string, sittings: Sitting[], expected: string]> = [
    ['never watched', [], 'none'],
    ['opened for a moment', [sit(1, 1, 10, 5_000)], 'none'],
    ['half of the first episode', [sit(1, 1, 10, 400_001)], 'resume s1e1 400001'],
    ['the first episode finished', [sit(1, 1, 10)], 'next s1e2'],
    ['the last of a season finished', [sit(1, 3, 10)], 'next s2e1'],
    ['the very last finished', [sit(2, 2, 10)], 'none'],
    ['one half-seen, a later one finished since', [sit(1, 1, 10, 400_000), sit(1, 2, 20)], 'next s1e3'],
    ['finished, the next opened for a moment', [sit(1, 1, 10), sit(1, 2, 20, 5_000)], 'next s1e2'],
    ['half-seen, another opened for a moment', [sit(1, 2, 10, 300_000), sit(2, 1, 20, 5_000)], 'resume s1e2 300000'],
    ['finished, the next half-seen', [sit(1, 1, 10), sit(1, 2, 20, 250_000)], 'resume s1e2 250000'],
    ['an earlier episode watched again', [sit(1, 3, 10), sit(1, 1, 20)], 'next s1e2'],
    ['a special finished after an episode', [sit(1, 1, 10), sit(0, 1, 20)], 'next s1e2'],
    ['a special half-seen', [sit(1, 1, 10), sit(0, 1, 20, 300_000)], 'resume s0e1 300000'],
    ['only a special, finished', [sit(0, 1, 20)], 'none'],
  ]
  for (const [name, sittings, expected] of cases) {
    t.equal(cardOf(...sittings), expected, name)
    t.equal(cardOf(...[...sittings].reverse()), expected, `${name}, told in another order`)
  }
})

t.test('an episode that was deleted still has a successor', async (t) => {
  t.equal(episodeAfter(ORDER, { season: 1, episode: 99 })?.id, 's2e1')
  t.equal(episodeAfter([], { season: 1, episode: 1 }), null)
})

t.test('taking sittings in one by one or all at once, in any order, ends the same', async (t) => {
  const sitting = fc.record({ season: fc.integer({ min: 0, max: 2 }), episode: fc.integer({ min: 1, max: 3 }), at: fc.integer({ min: 2, max: 40 }), positionMs: fc.integer({ min: 0, max: DURATION }) })
  const scenario = fc.array(sitting, { maxLength: 8 }).chain((list) => fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })))
  fc.assert(fc.property(scenario, ([list, shuffled]) => {
    const whole = take(EMPTY_TITLE_STATE, list)
    t.strictSame(take(EMPTY_TITLE_STATE, shuffled), whole)
    t.strictSame(take(whole, list), whole, 'told again')
    // In the order of time each sitting is folded with those before it, as it happens.
    const inTime = [...list].sort((a, b) => a.at - b.at || a.positionMs - b.positionMs)
    const grown = inTime.reduce((state, _one, i) => take(state, inTime.slice(0, i + 1)), EMPTY_TITLE_STATE)
    t.strictSame(grown.ended, whole.ended)
    t.strictSame(grown.current?.item, whole.current?.item)
  }), { numRuns: 200 })
})
