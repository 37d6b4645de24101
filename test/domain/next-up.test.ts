import fc from 'fast-check'
import t from 'tap'
import { decideCard, deriveTitleState, lastActivity, type DerivedTitle } from '../../src/domain/next-up.js'
import { wouldStartRewatch, type RunMark, type TitleEvents } from '../../src/domain/rewatch-runs.js'
import { toPlayProgressOfEvent, mergePlayProgress } from '../../src/domain/progress.js'
import {
  episodeAfter,
  MOVIE_ORDER_KEY,
  type EpisodeInOrder,
  type WatchOrderKey,
  type TitleOutline,
} from '../../src/domain/watch-order.js'

const DURATION = 1_000_000
const place = (season: number, episode: number, special = 0): WatchOrderKey => ({ season, episode, special })
const episode = (season: number, number: number): EpisodeInOrder => ({
  id: `s${season}e${number}`,
  place: place(season, number),
  airDate: null,
})

/** Two seasons, and one special that is watched after the first season; another special has no place. */
const CHRISTMAS: EpisodeInOrder = { id: 's0e1', place: place(1, 3, 2), airDate: null }
const SHOW: TitleOutline = {
  kind: 'show',
  order: [episode(1, 1), episode(1, 2), episode(1, 3), CHRISTMAS, episode(2, 1), episode(2, 2)],
}
const MOVIE: TitleOutline = { kind: 'movie', order: [] }
const PLACES = new Map<string, WatchOrderKey | null>([...SHOW.order.map(({ id, place }) => [id, place] as const), [
  's0e2',
  null,
], ['movie', MOVIE_ORDER_KEY]])

/** A sitting from the item's start to a place, told by the client in full. */
interface Sitting {
  item: string
  at: number
  positionMs: number
  watchedMs: number
  startedAt: number
}
const sit = (item: string, at: number, positionMs = DURATION, watchedMs = positionMs): Sitting => ({
  item,
  at,
  positionMs,
  watchedMs,
  startedAt: at - 1,
})

interface Said {
  plays?: Sitting[]
  marks?: Array<[item: string, watched: boolean, at: number, watchedAt?: number]>
  passMarks?: RunMark[]
}

function eventsOf ({ plays = [], marks = [], passMarks = [] }: Said): TitleEvents {
  const timing = { durationMs: DURATION, creditsStartMs: null }
  return {
    plays: plays.map(({ item, at, positionMs, watchedMs, startedAt }) => ({
      item,
      place: PLACES.get(item) ?? null,
      facts: mergePlayProgress(
        toPlayProgressOfEvent({ at: startedAt, positionMs: 0, watchedMs: 0, eventId: '' }, timing),
        toPlayProgressOfEvent({ at, positionMs, watchedMs, eventId: '' }, timing),
      ),
    })),
    marks: marks.map(([item, watched, at, watchedAt = at]) => ({
      item,
      place: PLACES.get(item) ?? null,
      mark: { watched, at, watchedAt },
    })),
    passMarks,
  }
}

function describe (said: Said, outline: TitleOutline = SHOW): string {
  const { state } = deriveTitleState(eventsOf(said), outline)
  const card = decideCard(state, outline)
  const what = card === null
    ? 'none'
    : card.kind === 'resume'
    ? `resume ${card.item} ${card.state.positionMs}`
    : `${card.kind} ${card.episode?.id ?? 'movie'}`
  return [
    what,
    ...(state.pass > 1 ? [`pass ${state.pass}`] : []),
    ...(card !== null && state.skipped > 0 ? [`skipped ${state.skipped}`] : []),
  ].join(', ')
}

t.test('the card of a show says what a viewer expects', async (t) => {
  const season1 = [sit('s1e1', 10), sit('s1e2', 20), sit('s1e3', 30)]
  const all = [...season1, sit('s2e1', 40), sit('s2e2', 50)]
  const cases: Array<[name: string, said: Said, expected: string]> = [
    ['never watched', {}, 'none'],
    ['opened for a moment', { plays: [sit('s1e1', 10, 5_000)] }, 'none'],
    ['half of the first episode', { plays: [sit('s1e1', 10, 400_001)] }, 'resume s1e1 400001'],
    ['the first episode finished', { plays: [sit('s1e1', 10)] }, 'next s1e2'],
    ['a season finished: the placed special follows', { plays: season1 }, 'next s0e1'],
    ['the placed special finished', { plays: [...season1, sit('s0e1', 40)] }, 'next s2e1'],
    ['the placed special skipped', { plays: [...season1, sit('s2e1', 40)] }, 'next s2e2'],
    ['the very last finished', { plays: all }, 'none'],
    [
      'one half-seen, a later one finished since',
      { plays: [sit('s1e1', 10, 400_000), sit('s1e2', 20)] },
      'next s1e3, skipped 1',
    ],
    ['finished, the next opened for a moment', { plays: [sit('s1e1', 10), sit('s1e2', 20, 5_000)] }, 'next s1e2'],
    [
      'half-seen, another opened for a moment',
      { plays: [sit('s1e2', 10, 300_000), sit('s2e1', 20, 5_000)] },
      'resume s1e2 300000, skipped 1',
    ],
    ['finished, the next half-seen', { plays: [sit('s1e1', 10), sit('s1e2', 20, 250_000)] }, 'resume s1e2 250000'],
    ['an earlier episode watched again', { plays: [sit('s1e1', 10), sit('s1e2', 20), sit('s1e1', 30)] }, 'next s1e2'],
    ['a special without a place finished after an episode', { plays: [sit('s1e1', 10), sit('s0e2', 20)] }, 'next s1e2'],
    [
      'a special without a place half-seen',
      { plays: [sit('s1e1', 10), sit('s0e2', 20, 300_000)] },
      'resume s0e2 300000',
    ],
    ['only a special without a place, finished', { plays: [sit('s0e2', 20)] }, 'none'],
    ['episodes skipped', { plays: [sit('s1e1', 10), sit('s2e1', 20)] }, 'next s2e2, skipped 2'],
    ['a skipped one caught up on', { plays: [sit('s1e1', 10), sit('s1e3', 20), sit('s1e2', 30)] }, 'next s1e3'],
    ['finished, then opened again for a moment', { plays: [sit('s1e1', 10), sit('s1e1', 20, 5_000)] }, 'next s1e2'],
    ['another half-seen before, finished, then opened again for a moment', {
      plays: [sit('s1e3', 5, 400_000), sit('s1e1', 10), sit('s1e1', 20, 5_000)],
    }, 'next s1e2'],
    ['jumped to the end without watching', { plays: [sit('s1e1', 10, DURATION, 5_000)] }, 'none'],
    ['half-watched, then jumped to the end', { plays: [sit('s1e1', 10, DURATION, 20_000)] }, 'next s1e2'],
    ['marked watched', { marks: [['s1e2', true, 10]] }, 'next s1e3, skipped 1'],
    ['half-seen and marked watched', { plays: [sit('s1e1', 10, 400_000)], marks: [['s1e1', true, 20]] }, 'next s1e2'],
    ['finished and marked unwatched', { plays: [sit('s1e1', 10)], marks: [['s1e1', false, 20]] }, 'none'],
    ['marked watched long ago', { plays: [sit('s1e1', 100)], marks: [['s2e1', true, 200, 50]] }, 'next s1e2'],
    [
      'marked unwatched, then watched',
      { plays: [sit('s1e1', 10), sit('s1e1', 30)], marks: [['s1e1', false, 20]] },
      'next s1e2',
    ],
    [
      'the last finished, the first half-seen again',
      { plays: [...all, sit('s1e1', 60, 400_000)] },
      'resume s1e1 400000, pass 2',
    ],
    ['the last finished, the first finished again', { plays: [...all, sit('s1e1', 60)] }, 'next s1e2, pass 2'],
    ['the last finished, the first opened for a moment', { plays: [...all, sit('s1e1', 60, 5_000)] }, 'none'],
    ['the last finished, a middle one watched again', { plays: [...all, sit('s1e2', 60)] }, 'next s1e3'],
    [
      'in the second pass episodes count as skipped again',
      { plays: [...all, sit('s1e1', 60), sit('s1e3', 70)] },
      'next s0e1, pass 2, skipped 1',
    ],
    ['watched twice, begun a third time', {
      plays: [
        ...all,
        ...[60, 70, 80, 90, 100].map((at, i) => sit(['s1e1', 's1e2', 's1e3', 's2e1', 's2e2'][i]!, at)),
        sit('s1e1', 110, 300_000),
      ],
    }, 'resume s1e1 300000, pass 3'],
    ['begun again by a call in the middle', {
      plays: [...season1, sit('s2e1', 40, 300_000)],
      passMarks: [{ since: 50, until: null }],
    }, 'again s1e1, pass 2'],
    ['begun again by a call, then watched', {
      plays: [...season1, sit('s1e1', 60)],
      passMarks: [{ since: 50, until: null }],
    }, 'next s1e2, pass 2'],
    ['begun again by a call, undone', {
      plays: [...season1, sit('s2e1', 40, 300_000)],
      passMarks: [{ since: 50, until: 55 }],
    }, 'resume s2e1 300000'],
    [
      'begun again by itself, undone',
      { plays: [...all, sit('s1e1', 60)], passMarks: [{ since: 59, until: 70 }] },
      'none',
    ],
    ['undone, then an old place goes on', {
      plays: [...season1, sit('s2e1', 40, 300_000), sit('s1e1', 60)],
      passMarks: [{ since: 50, until: 70 }],
    }, 'resume s2e1 300000'],
    ['undone, watched on', {
      plays: [...season1, sit('s1e1', 60), sit('s2e1', 80)],
      passMarks: [{ since: 50, until: 70 }],
    }, 'next s2e2'],
    ['a late report of the last, from before the first was watched again', {
      plays: [sit('s1e1', 60, 400_000), ...all],
    }, 'resume s1e1 400000, pass 2'],
    ['begun again by a call, then a special outside the order', {
      plays: [...season1, sit('s0e2', 60)],
      passMarks: [{ since: 50, until: null }],
    }, 'again s1e1, pass 2'],
    ['only a special outside the order marked', { marks: [['s0e2', true, 20]] }, 'none'],
    ['marked watched as a whole, then begun', {
      plays: [sit('s1e1', 60, 400_000)],
      marks: ['s1e1', 's1e2', 's1e3', 's2e1', 's2e2'].map((item) => [item, true, 50] as [string, boolean, number]),
    }, 'resume s1e1 400000, pass 2'],
  ]
  t.ok(cases.length >= 40, `${cases.length} cases`)
  for (const [name, said, expected] of cases) {
    t.equal(describe(said), expected, name)
    t.equal(
      describe({ ...said, plays: [...said.plays ?? []].reverse(), marks: [...said.marks ?? []].reverse() }),
      expected,
      `${name}, told in another order`,
    )
  }
})

t.test('the card of a movie says what a viewer expects', async (t) => {
  const cases: Array<[name: string, said: Said, expected: string]> = [
    ['half-seen', { plays: [sit('movie', 10, 400_000)] }, 'resume movie 400000'],
    ['finished', { plays: [sit('movie', 10)] }, 'none'],
    [
      'finished and begun again',
      { plays: [sit('movie', 10), sit('movie', 20, 300_000)] },
      'resume movie 300000, pass 2',
    ],
    ['finished twice', { plays: [sit('movie', 10), sit('movie', 20)] }, 'none, pass 2'],
    [
      'begun again by a call',
      { plays: [sit('movie', 10, 400_000)], passMarks: [{ since: 20, until: null }] },
      'again movie, pass 2',
    ],
    [
      'begun again, undone',
      { plays: [sit('movie', 10, 400_000)], passMarks: [{ since: 20, until: 30 }] },
      'resume movie 400000',
    ],
    ['begun again and half-seen, undone', {
      plays: [sit('movie', 10, 400_000), sit('movie', 25, 100_000)],
      passMarks: [{ since: 20, until: 30 }],
    }, 'resume movie 400000'],
    ['one report that tells it all', { plays: [{ ...sit('movie', 10), startedAt: 10 }] }, 'none'],
  ]
  for (const [name, said, expected] of cases) t.equal(describe(said, MOVIE), expected, name)
})

t.test('what was finished in one pass stays finished in the next, and half of it must be watched anew', async (t) => {
  const twice = [sit('s2e2', 10), sit('s1e2', 15, 400_000), sit('s1e1', 20), sit('s1e2', 30, DURATION, 300_000)]
  const { items } = deriveTitleState(eventsOf({ plays: twice }), SHOW)
  t.match(items.get('s2e2'), { finished: true, endedAt: null })
  t.match(
    items.get('s1e2'),
    { finished: false, watchedMs: 300_000 },
    '400 s of the first pass and 300 s of the second are no half',
  )
})

t.test('an episode that was deleted still has a successor', async (t) => {
  t.equal(episodeAfter(SHOW.order, place(1, 99))?.id, 's2e1')
  t.equal(episodeAfter([], place(1, 1)), null)
})

t.test('what has not aired yet does not keep a show from being finished', async (t) => {
  const order = [...SHOW.order, { ...episode(3, 1), airDate: '2999-01-01' }]
  t.equal(
    describe({ plays: [sit('s2e2', 10), sit('s1e1', 20, 400_000)] }, { kind: 'show', order }),
    'resume s1e1 400000, pass 2',
  )
  const since = Date.parse('2999-06-01')
  t.equal(
    describe({ plays: [sit('s2e2', 10), sit('s1e1', since, 400_000)] }, { kind: 'show', order }),
    'resume s1e1 400000',
    'once it aired, the show was not finished',
  )
})

t.test('whoever plays is told beforehand whether it begins a new pass', async (t) => {
  const done = eventsOf({ plays: [sit('s2e2', 10)] })
  t.ok(wouldStartRewatch(done, SHOW, 's1e1', 20))
  t.notOk(wouldStartRewatch(done, SHOW, 's1e2', 20), 'only the first episode does')
  t.notOk(wouldStartRewatch(eventsOf({ plays: [sit('s2e1', 10)] }), SHOW, 's1e1', 20), 'only of something finished')
  t.notOk(
    wouldStartRewatch(eventsOf({ plays: [sit('s2e2', 10), sit('s1e1', 15, 300_000)] }), SHOW, 's1e1', 20),
    'not in the middle of a pass',
  )
})

t.test('events in any order, and in any number of pieces, end the same', async (t) => {
  const items = [...PLACES.keys()].filter((item) => item !== 'movie')
  const sitting = fc.record({
    item: fc.constantFrom(...items),
    at: fc.integer({ min: 2, max: 60 }),
    positionMs: fc.integer({ min: 0, max: DURATION }),
    watchedMs: fc.integer({ min: 0, max: DURATION }),
  })
    .map(({ item, at, positionMs, watchedMs }) => sit(item, at, positionMs, watchedMs))
  const mark = fc.tuple(fc.constantFrom(...items), fc.boolean(), fc.integer({ min: 2, max: 60 }))
  const passMark = fc.record({ since: fc.integer({ min: 2, max: 60 }), until: fc.constant(null) })
  const scenario = fc.record({
    plays: fc.array(sitting, { maxLength: 10 }),
    marks: fc.uniqueArray(mark, { maxLength: 3, selector: ([item]) => item }),
    passMarks: fc.array(passMark, { maxLength: 2 }),
  })
    .chain((said) => fc.tuple(fc.constant(said), fc.shuffledSubarray(said.plays, { minLength: said.plays.length })))
  const plain = ({ state, items, passes }: DerivedTitle) => ({
    state,
    items: new Map([...items].sort()),
    pass: passes.number,
    since: passes.since,
    activity: lastActivity(state),
  })
  fc.assert(
    fc.property(scenario, ([said, shuffled]) => {
      const whole = plain(deriveTitleState(eventsOf(said), SHOW))
      t.strictSame(
        plain(
          deriveTitleState(
            eventsOf({
              ...said,
              plays: shuffled,
              marks: [...said.marks].reverse(),
              passMarks: [...said.passMarks].reverse(),
            }),
            SHOW,
          ),
        ),
        whole,
      )
    }),
    { numRuns: 300 },
  )
})
