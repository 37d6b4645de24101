// The JSON and NDJSON parsers, and how all text parsers handle invalid and failing input.
import fc from 'fast-check'
import t from 'tap'
import { parseCsv } from '../../../src/transfer/parsers/csv.js'
import { parseJson } from '../../../src/transfer/parsers/json.js'
import { parseNdjson } from '../../../src/transfer/parsers/ndjson.js'
import { chunkSizes, collectItems, inChunks } from './parse.js'

const bodies = fc.array(
  fc.record({
    kind: fc.constantFrom('movie', 'show'),
    title: fc.string({ unit: 'grapheme', minLength: 1 }),
    year: fc.integer(),
    genres: fc.array(fc.string()),
  }, { noNullPrototype: true }),
  { maxLength: 20 },
)

t.test('JSON and NDJSON are parsed correctly for any chunk sizes', async (t) => {
  const bodiesOf = (items: any[]): any[] => items.map(({ body }) => body)
  await fc.assert(
    fc.asyncProperty(bodies, chunkSizes, async (list, sizes) => {
      const json = ` \n${JSON.stringify(list, null, 2)}`
      t.strictSame(bodiesOf(await collectItems(parseJson(inChunks(json, sizes)))), list)
      const ndjson = list.map((body) => `${JSON.stringify(body)}\r\n`).join('')
      t.strictSame(bodiesOf(await collectItems(parseNdjson(inChunks(ndjson, sizes)))), list)
    }),
    { numRuns: 100 },
  )
})

t.test('JSON may be a single record, start with a byte order mark, or be empty', async (t) => {
  t.strictSame(await collectItems(parseJson(inChunks('{"kind":"movie",\n"title":"A"}'))), [{
    line: 1,
    body: { kind: 'movie', title: 'A' },
  }])
  t.strictSame(await collectItems(parseJson(inChunks('\uFEFF[{"title":"A"}]'))), [{
    line: 1,
    body: { title: 'A' },
    bytes: 14,
  }])
  t.strictSame(await collectItems(parseJson(inChunks('  \n'))), [])
})

t.test('records before a syntax error are parsed, and the error states its line', async (t) => {
  const titles = Array.from({ length: 1_000 }, (_, i) => `Movie ${i} {}`)
  const json = JSON.stringify(titles.map((title) => ({ title, externalIds: { tmdb: title } })))
  const csv = `title\n${titles.map((title) => `${title}\n`).join('')}`
  for (
    const [name, parse, text, line, message] of [
      [
        'JSON',
        parseJson,
        `${json.slice(0, -1)},{"title"]`,
        1_001,
        /cannot be read after 1000 records: .*expected ':'/,
      ],
      ['CSV', parseCsv, `${csv}"Movie\n`, 1_002, /cannot be read after line 1001: Quote Not Closed/],
    ] as const
  ) {
    for (const sizes of [[1 << 20], [1_000], [7]]) {
      const parsed: unknown[] = []
      await t.rejects(
        async () => {
          for await (const item of parse(inChunks(text, sizes))) parsed.push((item as any).body.title)
        },
        { name: 'UnreadableSourceError', line, message },
        `${name} in chunks of ${sizes[0]} bytes`,
      )
      t.strictSame(parsed, titles)
    }
  }
  await t.rejects(collectItems(parseJson(inChunks('[{"title":"A"}'))), { name: 'UnreadableSourceError', line: 2 })
})

t.test('a JSON record that is too long is rejected', async (t) => {
  const json = `[{"title":"${'x'.repeat(9 * 1024 ** 2)}"}]`
  await t.rejects(collectItems(parseJson(inChunks(json, [65_536]))), { message: /longer than/ })
})

t.test('an error of the input stream is passed through', async (t) => {
  const failure = new Error('connection reset')
  async function* failAfter (text: string): AsyncGenerator<Buffer> {
    yield Buffer.from(text)
    throw failure
  }
  await t.rejects(collectItems(parseJson(failAfter('[{"title":"A"},'))), failure)
  await t.rejects(collectItems(parseCsv(failAfter('title\nA\n'))), failure)
  await t.rejects(collectItems(parseNdjson(failAfter('{"title":"A"}\n'))), failure)
})
