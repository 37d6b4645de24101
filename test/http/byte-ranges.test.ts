// The Range header by RFC 9110, without a server.
import fc from 'fast-check'
import t from 'tap'
import { parseRange } from '../../src/http/byte-ranges.js'

const SIZE = 11
const WHOLE = 'whole'
const NONE = 'unsatisfiable'

/** Short form of the outcome: `2-4`, `0-0,9-10`, `whole`, `unsatisfiable`. */
function outcomeOf (header: string | undefined, size = SIZE): string {
  const outcome = parseRange(header, size)
  if (outcome.kind === 'part') return `${outcome.range.start}-${outcome.range.end}`
  if (outcome.kind === 'parts') return outcome.ranges.map(({ start, end }) => `${start}-${end}`).join(',')
  return outcome.kind
}

// The cases of Go's net/http for a file of 11 bytes, then cases that it does not test.
const TABLE: ReadonlyArray<readonly [header: string | undefined, outcome: string]> = [
  [undefined, WHOLE],
  ['', WHOLE],
  ['bytes=0-4', '0-4'],
  ['bytes=2-', '2-10'],
  ['bytes=-5', '6-10'],
  ['bytes=3-7', '3-7'],
  ['bytes=0-0,-2', '0-0,9-10'],
  ['bytes=0-1,5-8', '0-1,5-8'],
  ['bytes=0-1,5-', '0-1,5-10'],
  ['bytes=5-1000', '5-10'],
  ['bytes=0-,1-,2-,3-,4-', WHOLE],
  ['bytes=0-9', '0-9'],
  ['bytes=0-10', '0-10'],
  ['bytes=0-11', '0-10'],
  ['bytes=10-11', '10-10'],
  ['bytes=10-', '10-10'],
  ['bytes=11-', NONE],
  ['bytes=11-12', NONE],
  ['bytes=12-12', NONE],
  ['bytes=11-100', NONE],
  ['bytes=12-100', NONE],
  ['bytes=100-', NONE],
  ['bytes=100-1000', NONE],
  ['bytes=-11', '0-10'],
  ['bytes=-12', '0-10'],
  ['bytes=-99999999999999999999', '0-10'],
  ['bytes=-0', NONE],
  ['bytes=0-0', '0-0'],
  ['BYTES=0-0', '0-0'],
  ['bytes=00-0001', '0-1'],
  ['bytes= 0-1 , 3-4 ', '0-1,3-4'],
  ['bytes=,0-1,,', '0-1'],
  ['bytes=99-,0-1', '0-1'],
  ['bytes=99-,-0', NONE],
  ['bytes=5-6,0-1', '5-6,0-1'],
  ['bytes=0-5,5-10', WHOLE],
  ['bytes=0-2,1-3', '0-2,1-3'],
  ['bytes=0-0,0-0', '0-0,0-0'],
  ['bytes=0-0,0-0,0-0', WHOLE],
  ['bytes=0-1,1-2,2-3', WHOLE],
  ['bytes=0-1,4-5,4-4,8-8', '0-1,4-5,4-4,8-8'],
  ['bytes=0 - 1', '0-1'],
  ['bytes=0\t-1', '0-1'],
  ['bytes=0 0-1', WHOLE],
  ['bytes=- 5', '6-10'],
  ['bytes=0-1 -2', WHOLE],
  [`bytes=${'9'.repeat(400)}-`, NONE],
  [`bytes=0-${'9'.repeat(400)}`, '0-10'],
  ['bytes', WHOLE],
  ['bytes=', WHOLE],
  ['bytes=,', WHOLE],
  ['bytes=-', WHOLE],
  ['bytes=a-b', WHOLE],
  ['bytes=1', WHOLE],
  ['bytes=4-2', WHOLE],
  ['bytes=1-2-3', WHOLE],
  ['bytes=--1', WHOLE],
  ['bytes=1--2', WHOLE],
  ['bytes=+1-2', WHOLE],
  ['bytes=0x1-2', WHOLE],
  ['bytes=1.0-2', WHOLE],
  ['bytes =0-1', WHOLE],
  ['bytes:0-1', WHOLE],
  ['items=0-1', WHOLE],
  ['bytes=0-1;q=1', WHOLE],
  ['bytes=0-1,x', WHOLE],
  ['bytes=0-1, bytes=3-4', WHOLE],
  [`bytes=${Array.from({ length: 17 }, () => '0-0').join(',')}`, WHOLE],
]

t.test('range headers are evaluated by RFC 9110', async (t) => {
  for (const [header, outcome] of TABLE) t.equal(outcomeOf(header), outcome, String(header).slice(0, 60))
})

// The cases of Go's range parser, with its sizes. Where Go rejects a malformed header, the service sends the whole file
// (§14.2 allows both). Ranges that contain no existing byte are unsatisfiable for both.
const GO_TABLE: ReadonlyArray<readonly [header: string, size: number, outcome: string]> = [
  ['', 0, WHOLE],
  ['', 1_000, WHOLE],
  ['foo', 0, WHOLE],
  ['bytes=', 0, WHOLE],
  ['bytes=7', 10, WHOLE],
  ['bytes= 7 ', 10, WHOLE],
  ['bytes=1-', 0, WHOLE],
  ['bytes=5-4', 10, WHOLE],
  ['bytes=0-2,5-4', 10, WHOLE],
  ['bytes=2-5,4-3', 10, WHOLE],
  ['bytes=--5,4--3', 10, WHOLE],
  ['bytes=A-', 10, WHOLE],
  ['bytes=A- ', 10, WHOLE],
  ['bytes=A-Z', 10, WHOLE],
  ['bytes= -Z', 10, WHOLE],
  ['bytes=5-Z', 10, WHOLE],
  ['bytes=Ran-dom, garbage', 10, WHOLE],
  ['bytes=0x01-0x02', 10, WHOLE],
  ['bytes=         ', 10, WHOLE],
  ['bytes= , , ,   ', 10, WHOLE],
  ['bytes=0-9', 10, '0-9'],
  ['bytes=0-', 10, '0-9'],
  ['bytes=5-', 10, '5-9'],
  ['bytes=0-20', 10, '0-9'],
  ['bytes=15-,0-5', 10, '0-5'],
  ['bytes=1-2,5-', 10, '1-2,5-9'],
  ['bytes=-2 , 7-', 11, '9-10,7-10'],
  ['bytes=0-0 ,2-2, 7-', 11, '0-0,2-2,7-10'],
  ['bytes=-5', 10, '5-9'],
  ['bytes=-15', 10, '0-9'],
  ['bytes=0-499', 10_000, '0-499'],
  ['bytes=500-999', 10_000, '500-999'],
  ['bytes=-500', 10_000, '9500-9999'],
  ['bytes=9500-', 10_000, '9500-9999'],
  ['bytes=0-0,-1', 10_000, '0-0,9999-9999'],
  ['bytes=500-600,601-999', 10_000, '500-600,601-999'],
  ['bytes=500-700,601-999', 10_000, '500-700,601-999'],
  ['bytes=   1 -2   ,  4- 5, 7 - 8 , ,,', 11, '1-2,4-5,7-8'],
]

t.test('range headers are evaluated like by Go', async (t) => {
  for (const [header, size, outcome] of GO_TABLE) t.equal(outcomeOf(header, size), outcome, `${header} of ${size}`)
})

t.test('an empty file is sent whole for any range', async (t) => {
  for (const header of ['bytes=0-', 'bytes=-5', 'bytes=0-0']) t.equal(outcomeOf(header, 0), WHOLE)
})

t.test('ranges stay within the file and are together no larger than it', async (t) => {
  const number = fc.option(fc.nat(2_000), { nil: '' as const })
  fc.assert(
    fc.property(
      fc.array(fc.tuple(number, number), { minLength: 1, maxLength: 20 }),
      fc.integer({ min: 1, max: 1_000 }),
      (specs, size) => {
        const outcome = parseRange(`bytes=${specs.map((spec) => spec.join('-')).join(',')}`, size)
        const ranges = outcome.kind === 'part' ? [outcome.range] : outcome.kind === 'parts' ? outcome.ranges : []
        return ranges.every(({ start, end }) => start >= 0 && start <= end && end < size) &&
          ranges.reduce((sum, { start, end }) => sum + end - start + 1, 0) <= size
      },
    ),
    { numRuns: 2_000 },
  )
  t.pass('2,000 sets of ranges')
})

t.test('the parser accepts any text without throwing', async (t) => {
  fc.assert(
    fc.property(fc.string(), fc.nat(), (text, size) => {
      parseRange(text, size)
      return ['whole', 'part', 'parts', 'unsatisfiable'].includes(parseRange(`bytes=${text}`, size).kind)
    }),
    { numRuns: 2_000 },
  )
  t.pass('2,000 texts')
})
