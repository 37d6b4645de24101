import fc from 'fast-check'
import t from 'tap'
import {
  areChapters,
  MAX_CHAPTER_TITLE_LENGTH,
  MAX_CHAPTERS,
  normaliseChapters,
} from '../../src/domain/chapters.js'

const DURATION_MS = 60_000

t.test('the chapters of a file are sorted, distinct and inside the duration', async (t) => {
  const chapters = [
    { startMs: 30_000, title: 'Second' },
    { startMs: 0, title: 'First' },
    { startMs: 30_000, title: 'Again' },
    { startMs: -1, title: 'Before' },
    { startMs: DURATION_MS, title: 'At the end' },
    { startMs: NaN, title: 'Unknown' },
    { startMs: 59_999, title: 'Last' },
  ]
  t.strictSame(normaliseChapters(chapters, DURATION_MS), [
    { startMs: 0, title: 'First' },
    { startMs: 30_000, title: 'Second' },
    { startMs: 59_999, title: 'Last' },
  ])
  const unordered = [{ startMs: 1, title: 'Second' }, { startMs: NaN, title: 'Unknown' }, {
    startMs: 0,
    title: 'First',
  }]
  t.strictSame(normaliseChapters(unordered, DURATION_MS).map(({ title }) => title), ['First', 'Second'])
  t.strictSame(normaliseChapters([{ startMs: 0, title: 'Whole film' }], DURATION_MS), [], 'one chapter divides nothing')
  t.strictSame(normaliseChapters([], DURATION_MS), [])
})

t.test('chapters without a title get a number', async (t) => {
  const titles = [null, '', '  ', '00:00:30.000', '1:02:03', '(00:01:00,500)', 'Act IV', '24']
  const chapters = titles.map((title, i) => ({ startMs: i * 1_000, title }))
  t.strictSame(normaliseChapters(chapters, DURATION_MS).map(({ title }) => title), [
    'Chapter 1',
    'Chapter 2',
    'Chapter 3',
    'Chapter 4',
    'Chapter 5',
    'Chapter 6',
    'Act IV',
    '24',
  ])
})

t.test('titles are one line of a limited length', async (t) => {
  const [first, second] = normaliseChapters([
    { startMs: 0, title: ' The\n\theist\u0000 ' },
    { startMs: 1, title: '\u{1F3AC}'.repeat(500) },
  ], DURATION_MS)
  t.equal(first?.title, 'The heist')
  t.equal(second?.title, '\u{1F3AC}'.repeat(MAX_CHAPTER_TITLE_LENGTH / 2), 'no character is cut in two')
})

t.test('whatever a file contains, an item can store the result', async () => {
  const chapter = fc.record({
    startMs: fc.oneof(fc.integer({ min: -5, max: 100 }), fc.double()),
    title: fc.option(fc.string({ unit: 'binary', maxLength: 300 })),
  })
  fc.assert(fc.property(fc.array(chapter, { maxLength: 2 * MAX_CHAPTERS }), fc.nat(200), (chapters, durationMs) => {
    const normalised = normaliseChapters(chapters, durationMs)
    return areChapters(normalised) && normalised.every(({ startMs }) => startMs < durationMs)
  }))
})

t.test('a list that is out of order, incomplete or too long is invalid', async (t) => {
  const many = (length: number) => Array.from({ length }, (_, i) => ({ startMs: i, title: 'A' }))
  t.ok(areChapters([]))
  t.ok(areChapters(many(MAX_CHAPTERS)))
  t.notOk(areChapters(many(MAX_CHAPTERS + 1)))
  t.notOk(areChapters([{ startMs: 5, title: 'A' }, { startMs: 5, title: 'B' }]))
  t.notOk(areChapters([{ startMs: 5, title: 'A' }, { startMs: 4, title: 'B' }]))
  t.notOk(areChapters([{ startMs: -1, title: 'A' }]))
  t.notOk(areChapters([{ startMs: 1.5, title: 'A' }]))
  t.notOk(areChapters([{ startMs: 1, title: ' ' }]))
  t.notOk(areChapters([{ startMs: 1, title: 'A'.repeat(MAX_CHAPTER_TITLE_LENGTH + 1) }]))
})
