import fc from 'fast-check'
import t from 'tap'
import { deriveTitleState, lastActivityAt, type DerivedTitle } from '../../src/domain/next-up.js'
import { wouldStartRewatch } from '../../src/domain/rewatch-runs.js'
import { episodeAfter } from '../../src/domain/watch-order.js'
import {
  DURATION,
  keyOf,
  episode,
  SHOW,
  MOVIE,
  ORDER_KEYS,
  playOf,
  eventsOf,
  describe,
  type Events,
} from './watch-events.js'

t.test('the card of a show', async (t) => {
  const season1 = [playOf('s1e1', 10), playOf('s1e2', 20), playOf('s1e3', 30)]
  const all = [...season1, playOf('s2e1', 40), playOf('s2e2', 50)]
  const cases: Array<[name: string, events: Events, expected: string]> = [
    ['never watched', {}, 'none'],
    ['opened briefly', { plays: [playOf('s1e1', 10, 5_000)] }, 'none'],
    ['part of the first episode', { plays: [playOf('s1e1', 10, 400_001)] }, 'resume s1e1 400001'],
    ['the first episode finished', { plays: [playOf('s1e1', 10)] }, 'next s1e2'],
    ['a season finished: the placed special follows', { plays: season1 }, 'next s0e1'],
    ['the placed special finished', { plays: [...season1, playOf('s0e1', 40)] }, 'next s2e1'],
    ['the placed special skipped', { plays: [...season1, playOf('s2e1', 40)] }, 'next s2e2'],
    ['the last episode finished', { plays: all }, 'none'],
    [
      'one partly watched, a later one finished afterwards',
      { plays: [playOf('s1e1', 10, 400_000), playOf('s1e2', 20)] },
      'next s1e3, skipped 1',
    ],
    ['finished, the next opened briefly', { plays: [playOf('s1e1', 10), playOf('s1e2', 20, 5_000)] }, 'next s1e2'],
    [
      'partly watched, another opened briefly',
      { plays: [playOf('s1e2', 10, 300_000), playOf('s2e1', 20, 5_000)] },
      'resume s1e2 300000, skipped 1',
    ],
    [
      'finished, the next partly watched',
      { plays: [playOf('s1e1', 10), playOf('s1e2', 20, 250_000)] },
      'resume s1e2 250000',
    ],
    [
      'an earlier episode watched again',
      { plays: [playOf('s1e1', 10), playOf('s1e2', 20), playOf('s1e1', 30)] },
      'next s1e2',
    ],
    [
      'a special without a place finished after an episode',
      { plays: [playOf('s1e1', 10), playOf('s0e2', 20)] },
      'next s1e2',
    ],
    [
      'a special without a place partly watched',
      { plays: [playOf('s1e1', 10), playOf('s0e2', 20, 300_000)] },
      'resume s0e2 300000',
    ],
    ['only a special without a place, finished', { plays: [playOf('s0e2', 20)] }, 'none'],
    ['episodes skipped', { plays: [playOf('s1e1', 10), playOf('s2e1', 20)] }, 'next s2e2, skipped 2'],
    [
      'a skipped episode watched later',
      { plays: [playOf('s1e1', 10), playOf('s1e3', 20), playOf('s1e2', 30)] },
      'next s1e3',
    ],
    ['finished, then opened again briefly', { plays: [playOf('s1e1', 10), playOf('s1e1', 20, 5_000)] }, 'next s1e2'],
    ['another partly watched before, finished, then opened again briefly', {
      plays: [playOf('s1e3', 5, 400_000), playOf('s1e1', 10), playOf('s1e1', 20, 5_000)],
    }, 'next s1e2'],
    ['seeked to the end without watching', { plays: [playOf('s1e1', 10, DURATION, 5_000)] }, 'none'],
    ['watched for a while, then seeked to the end', { plays: [playOf('s1e1', 10, DURATION, 20_000)] }, 'next s1e2'],
    ['marked watched', { marks: [['s1e2', true, 10]] }, 'next s1e3, skipped 1'],
    [
      'partly watched and marked watched',
      { plays: [playOf('s1e1', 10, 400_000)], marks: [['s1e1', true, 20]] },
      'next s1e2',
    ],
    ['finished and marked unwatched', { plays: [playOf('s1e1', 10)], marks: [['s1e1', false, 20]] }, 'none'],
    ['marked watched long ago', { plays: [playOf('s1e1', 100)], marks: [['s2e1', true, 200, 50]] }, 'next s1e2'],
    [
      'marked unwatched, then watched',
      { plays: [playOf('s1e1', 10), playOf('s1e1', 30)], marks: [['s1e1', false, 20]] },
      'next s1e2',
    ],
    [
      'the last finished, the first partly watched again',
      { plays: [...all, playOf('s1e1', 60, 400_000)] },
      'resume s1e1 400000, run 2',
    ],
    ['the last finished, the first finished again', { plays: [...all, playOf('s1e1', 60)] }, 'next s1e2, run 2'],
    ['the last finished, the first opened briefly', { plays: [...all, playOf('s1e1', 60, 5_000)] }, 'none'],
    ['the last finished, a middle one watched again', { plays: [...all, playOf('s1e2', 60)] }, 'next s1e3'],
    [
      'episodes count as skipped again in the second run',
      { plays: [...all, playOf('s1e1', 60), playOf('s1e3', 70)] },
      'next s0e1, run 2, skipped 1',
    ],
    ['watched twice, started a third time', {
      plays: [
        ...all,
        ...[60, 70, 80, 90, 100].map((at, i) => playOf(['s1e1', 's1e2', 's1e3', 's2e1', 's2e2'][i]!, at)),
        playOf('s1e1', 110, 300_000),
      ],
    }, 'resume s1e1 300000, run 3'],
    ['rewatch requested in the middle', {
      plays: [...season1, playOf('s2e1', 40, 300_000)],
      runMarks: [{ startedAt: 50, cancelledAt: null }],
    }, 'again s1e1, run 2'],
    ['rewatch requested, then watched', {
      plays: [...season1, playOf('s1e1', 60)],
      runMarks: [{ startedAt: 50, cancelledAt: null }],
    }, 'next s1e2, run 2'],
    ['rewatch requested, then cancelled', {
      plays: [...season1, playOf('s2e1', 40, 300_000)],
      runMarks: [{ startedAt: 50, cancelledAt: 55 }],
    }, 'resume s2e1 300000'],
    [
      'rewatch by playing, then cancelled',
      { plays: [...all, playOf('s1e1', 60)], runMarks: [{ startedAt: 59, cancelledAt: 70 }] },
      'none',
    ],
    ['rewatch cancelled, the old position is resumed', {
      plays: [...season1, playOf('s2e1', 40, 300_000), playOf('s1e1', 60)],
      runMarks: [{ startedAt: 50, cancelledAt: 70 }],
    }, 'resume s2e1 300000'],
    ['rewatch cancelled, then continued', {
      plays: [...season1, playOf('s1e1', 60), playOf('s2e1', 80)],
      runMarks: [{ startedAt: 50, cancelledAt: 70 }],
    }, 'next s2e2'],
    ['late events of the last episode, from before the rewatch', {
      plays: [playOf('s1e1', 60, 400_000), ...all],
    }, 'resume s1e1 400000, run 2'],
    ['rewatch requested, then a special without a place', {
      plays: [...season1, playOf('s0e2', 60)],
      runMarks: [{ startedAt: 50, cancelledAt: null }],
    }, 'again s1e1, run 2'],
    ['only a special without a place marked', { marks: [['s0e2', true, 20]] }, 'none'],
    ['all marked watched, then started', {
      plays: [playOf('s1e1', 60, 400_000)],
      marks: ['s1e1', 's1e2', 's1e3', 's2e1', 's2e2'].map((item) => [item, true, 50] as [string, boolean, number]),
    }, 'resume s1e1 400000, run 2'],
  ]
  t.ok(cases.length >= 40, `${cases.length} cases`)
  for (const [name, events, expected] of cases) {
    t.equal(describe(events), expected, name)
    t.equal(
      describe({ ...events, plays: [...events.plays ?? []].reverse(), marks: [...events.marks ?? []].reverse() }),
      expected,
      `${name}, in another order`,
    )
  }
})

t.test('the card of a movie', async (t) => {
  const cases: Array<[name: string, events: Events, expected: string]> = [
    ['partly watched', { plays: [playOf('movie', 10, 400_000)] }, 'resume movie 400000'],
    ['finished', { plays: [playOf('movie', 10)] }, 'none'],
    [
      'finished and started again',
      { plays: [playOf('movie', 10), playOf('movie', 20, 300_000)] },
      'resume movie 300000, run 2',
    ],
    ['finished twice', { plays: [playOf('movie', 10), playOf('movie', 20)] }, 'none, run 2'],
    [
      'rewatch requested',
      { plays: [playOf('movie', 10, 400_000)], runMarks: [{ startedAt: 20, cancelledAt: null }] },
      'again movie, run 2',
    ],
    [
      'rewatch requested, then cancelled',
      { plays: [playOf('movie', 10, 400_000)], runMarks: [{ startedAt: 20, cancelledAt: 30 }] },
      'resume movie 400000',
    ],
    ['rewatch partly watched, then cancelled', {
      plays: [playOf('movie', 10, 400_000), playOf('movie', 25, 100_000)],
      runMarks: [{ startedAt: 20, cancelledAt: 30 }],
    }, 'resume movie 400000'],
    ['a single event', { plays: [{ ...playOf('movie', 10), startedAt: 10 }] }, 'none'],
  ]
  for (const [name, events, expected] of cases) t.equal(describe(events, MOVIE), expected, name)
})

t.test('a finished episode stays finished in the next run; half of the runtime counts per run', async (t) => {
  const twice = [
    playOf('s2e2', 10),
    playOf('s1e2', 15, 400_000),
    playOf('s1e1', 20),
    playOf('s1e2', 30, DURATION, 300_000),
  ]
  const { items } = deriveTitleState(eventsOf({ plays: twice }), SHOW)
  t.match(items.get('s2e2'), { finished: true, reachedEndAt: null })
  t.match(
    items.get('s1e2'),
    { finished: false, watchedMs: 300_000 },
    '400 s in the first run and 300 s in the second do not add up',
  )
})

t.test('a deleted episode has a next episode', async (t) => {
  t.equal(episodeAfter(SHOW.order, keyOf(1, 99))?.id, 's2e1')
  t.equal(episodeAfter([], keyOf(1, 1)), null)
})

t.test('a show is finished when the remaining episodes have not aired', async (t) => {
  const order = [...SHOW.order, { ...episode(3, 1), airDate: '2999-01-01' }]
  t.equal(
    describe({ plays: [playOf('s2e2', 10), playOf('s1e1', 20, 400_000)] }, { kind: 'show', order }),
    'resume s1e1 400000, run 2',
  )
  const since = Date.parse('2999-06-01')
  t.equal(
    describe({ plays: [playOf('s2e2', 10), playOf('s1e1', since, 400_000)] }, { kind: 'show', order }),
    'resume s1e1 400000',
    'after the air date, the show is not finished',
  )
})

t.test('wouldStartRewatch predicts a new run', async (t) => {
  const done = eventsOf({ plays: [playOf('s2e2', 10)] })
  t.ok(wouldStartRewatch(done, SHOW, 's1e1', 20))
  t.notOk(wouldStartRewatch(done, SHOW, 's1e2', 20), 'another than the first episode')
  t.notOk(wouldStartRewatch(eventsOf({ plays: [playOf('s2e1', 10)] }), SHOW, 's1e1', 20), 'an unfinished show')
  t.notOk(
    wouldStartRewatch(eventsOf({ plays: [playOf('s2e2', 10), playOf('s1e1', 15, 300_000)] }), SHOW, 's1e1', 20),
    'in the middle of a run',
  )
})

t.test('the state of a title does not depend on the order of events', async (t) => {
  const items = [...ORDER_KEYS.keys()].filter((item) => item !== 'movie')
  const play = fc.record({
    item: fc.constantFrom(...items),
    at: fc.integer({ min: 2, max: 60 }),
    positionMs: fc.integer({ min: 0, max: DURATION }),
    watchedMs: fc.integer({ min: 0, max: DURATION }),
  })
    .map(({ item, at, positionMs, watchedMs }) => playOf(item, at, positionMs, watchedMs))
  const mark = fc.tuple(fc.constantFrom(...items), fc.boolean(), fc.integer({ min: 2, max: 60 }))
  const runMark = fc.record({ startedAt: fc.integer({ min: 2, max: 60 }), cancelledAt: fc.constant(null) })
  const scenario = fc.record({
    plays: fc.array(play, { maxLength: 10 }),
    marks: fc.uniqueArray(mark, { maxLength: 3, selector: ([item]) => item }),
    runMarks: fc.array(runMark, { maxLength: 2 }),
  })
    .chain((events) =>
      fc.tuple(fc.constant(events), fc.shuffledSubarray(events.plays, { minLength: events.plays.length }))
    )
  const plain = ({ state, items, runs }: DerivedTitle) => ({
    state,
    items: new Map([...items].sort()),
    runNumber: runs.runNumber,
    startedAt: runs.startedAt,
    activity: lastActivityAt(state),
  })
  fc.assert(
    fc.property(scenario, ([events, shuffled]) => {
      const whole = plain(deriveTitleState(eventsOf(events), SHOW))
      t.strictSame(
        plain(
          deriveTitleState(
            eventsOf({
              ...events,
              plays: shuffled,
              marks: [...events.marks].reverse(),
              runMarks: [...events.runMarks].reverse(),
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
