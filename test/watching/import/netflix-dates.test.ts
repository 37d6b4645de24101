import t from 'tap'
import {
  detectDateOrder,
  parseDate,
  parseDuration,
  parseStartTime,
} from '../../../src/watching/import/netflix-dates.js'

t.test('a date is parsed in the given order', async (t) => {
  const day = (text: string | null): number | null => text === null ? null : Date.parse(`${text}T12:00:00Z`)
  for (
    const [text, order, expected] of [
      ['1/31/24', 'month-first', '2024-01-31'],
      ['31/01/2024', 'day-first', '2024-01-31'],
      ['31.01.2024', 'day-first', '2024-01-31'],
      ['31.1.24.', 'day-first', '2024-01-31'],
      ['2024-01-31', 'year-first', '2024-01-31'],
      ['2/29/24', 'month-first', '2024-02-29'],
      ['2/29/23', 'month-first', null],
      ['31/01/2024', 'month-first', null],
      ['1/31/1969', 'month-first', null],
      ['15. 12. 2021', 'day-first', '2021-12-15'],
      ['15. 12. 2021.', 'day-first', '2021-12-15'],
      ['15.12.2021 г.', 'day-first', '2021-12-15'],
      ['15.12.2021 р.', 'day-first', '2021-12-15'],
      ['2021. 12. 15.', 'year-first', '2021-12-15'],
      ['2021年12月15日', 'year-first', '2021-12-15'],
      ['2021년 12월 15일', 'year-first', '2021-12-15'],
      ['2021/12/15', 'year-first', '2021-12-15'],
      ['15/12/2564', 'day-first', '2021-12-15'],
      ['١٥‏/١٢‏/٢٠٢١', 'day-first', '2021-12-15'],
      ['１２/１５/２１', 'month-first', '2021-12-15'],
      ['15-12-2021', 'day-first', '2021-12-15'],
      ['15 12 2021', 'day-first', '2021-12-15'],
      ['15122021', 'day-first', null],
      ['The Matrix', 'day-first', null],
      ['yesterday', 'month-first', null],
      ['', 'day-first', null],
    ] as const
  ) t.equal(parseDate(text, order), day(expected), `${text} ${order}`)
})

t.test('the date order of a file is detected', async (t) => {
  const now = new Date('2024-06-15T00:00:00Z')
  t.strictSame(
    detectDateOrder(['4/3/24', '1/31/24'], now),
    { order: 'month-first', isGuess: false },
    'the 31st is not a month',
  )
  t.strictSame(detectDateOrder(['04/03/2024', '31/01/2024'], now), { order: 'day-first', isGuess: false })
  t.strictSame(detectDateOrder(['2024-03-04', '2024-01-02'], now), { order: 'year-first', isGuess: false })
  t.strictSame(
    detectDateOrder(['5/7/24', '3/8/24'], now),
    { order: 'month-first', isGuess: false },
    'no date is in the future',
  )
  t.strictSame(
    detectDateOrder(['2/5/24', '11/4/23', '10/7/23'], now),
    { order: 'month-first', isGuess: false },
    'the dates are sorted newest first',
  )
  t.strictSame(
    detectDateOrder(['5/6/24', '4/6/24', '12/5/24'], now),
    { order: 'day-first', isGuess: false },
    'the dates are sorted newest first when read day first',
  )
  t.strictSame(
    detectDateOrder(['3/4/24'], now),
    { order: 'month-first', isGuess: true },
    'a slash is a guess for month first',
  )
  t.strictSame(
    detectDateOrder(['3.4.24'], now),
    { order: 'day-first', isGuess: true },
    'a dot is a guess for day first',
  )
  t.strictSame(
    detectDateOrder(['31/1/24', '1/31/24', '30/1/24'], now),
    { order: 'day-first', isGuess: false },
    'the order of most dates',
  )
})

t.test('start times and durations are parsed strictly', async (t) => {
  t.equal(parseStartTime('2024-01-31 20:15:09'), Date.parse('2024-01-31T20:15:09Z'))
  for (const text of ['2024-01-31', '2024-13-31 20:15:00', '1969-12-31 23:59:59', 'x']) {
    t.equal(parseStartTime(text), null, text)
  }
  t.equal(parseDuration('01:02:03'), 3_723_000)
  t.equal(parseDuration('00:00:00'), 0)
  t.equal(parseDuration('00:00:01.500'), 1_000, 'fractions of a second')
  t.equal(parseStartTime('2024-01-31 20:15:09.123'), Date.parse('2024-01-31T20:15:09Z'))
  for (const text of ['', 'Not latest view', '1:2:3', '00:61:00', '-1:00:00']) t.equal(parseDuration(text), null, text)
})
