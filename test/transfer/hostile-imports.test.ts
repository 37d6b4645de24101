// Imports of the worst inputs at their limits: the event loop keeps running, and each import ends with a clear error.
import { monitorEventLoopDelay } from 'node:perf_hooks'
import t from 'tap'
import { startImportClient } from './import-client.js'

const MAX_DELAY_MS = 100
const MAX_ATTEMPTS = 5
const MB = 1_000_000
const HEADERS = {
  csv: { 'content-type': 'text/csv' },
  json: { 'content-type': 'application/json' },
  ndjson: { 'content-type': 'application/x-ndjson' },
} as const

const manyFields = (count: number): string => `{${Array.from({ length: count }, (_, i) => `"${i}":1`).join()}}`

const INPUTS: ReadonlyArray<readonly [name: string, format: keyof typeof HEADERS, text: () => string]> = [
  ['commas', 'csv', () => `${','.repeat(15 * MB)}\n`],
  ['commas after a header', 'csv', () => `title,year\n${','.repeat(15 * MB)}\n`],
  ['lines of commas', 'csv', () => `title,year\n${`${','.repeat(500)}\n`.repeat(6_000)}`],
  ['one cell', 'csv', () => `title\n"${'x'.repeat(15 * MB)}"\n`],
  ['one cell of brackets', 'csv', () => `title,cast\nA,"${'('.repeat(4 * MB)}"\n`],
  ['one cell of separators', 'csv', () => `title,genres\nA,"${'|a'.repeat(2 * MB - 100)}"\n`],
  ['an unclosed quotation mark', 'csv', () => `title\n"${'a\n'.repeat(7 * MB)}`],
  ['empty lines', 'csv', () => `title\n${'\n'.repeat(15 * MB)}`],
  ['short rows', 'csv', () => `title,year\n${'a\n'.repeat(30_000)}`],
  ['episodes of one season', 'csv', () => `kind,title,season,episode\nshow,A,,\n${'episode,x,1,1\n'.repeat(400_000)}`],
  ['a header of unknown columns', 'csv', () => `${'ab,'.repeat(300)}${'x'.repeat(4 * MB)}\n`],
  ['deep arrays', 'json', () => `[{"title":${'['.repeat(7 * MB)}`],
  ['deep objects', 'ndjson', () => `${'{"a":'.repeat(700_000)}1${'}'.repeat(700_000)}\n`],
  ['deep arrays in a line', 'ndjson', () => `{"kind":"movie","title":${'['.repeat(2 * MB)}${']'.repeat(2 * MB)}}\n`],
  ['empty records', 'json', () => `[${'{},'.repeat(60_000)}{}]`],
  ['fields of one record', 'json', () => `[${manyFields(1_300_000)}]`],
  ['fields of one line', 'ndjson', () => `${manyFields(350_000)}\n`],
  ['fields of a movie', 'ndjson', () => `{"kind":"movie","title":"A",${manyFields(350_000).slice(1)}\n`],
  ['elements of a field', 'ndjson', () => `{"kind":"movie","title":"A","genres":[${'"a",'.repeat(MB - 100)}"a"]}\n`],
  ['braces', 'json', () => `[${'}'.repeat(15 * MB)}`],
  ['numbers', 'json', () => `[${'1,'.repeat(60_000)}1]`],
  ['a long field name', 'ndjson', () => `{"kind":"movie","title":"A","${'x'.repeat(4 * MB)}":1}\n`],
  ['a long string', 'json', () => `[{"kind":"movie","title":"${'x'.repeat(15 * MB)}"}]`],
  ['invalid lines', 'ndjson', () => '{\n'.repeat(60_000)],
]

t.test('hostile imports', { timeout: 280_000 }, async (t) => {
  const { importText, exportLines } = await startImportClient(t)

  for (const [name, format, text] of INPUTS) {
    const body = Buffer.from(text())
    const delaysMs: number[] = []
    // Another process may hold the processor: only what happens each time is the fault of the import.
    while (delaysMs.length < MAX_ATTEMPTS && !delaysMs.some((delay) => delay <= MAX_DELAY_MS)) {
      const { status, body: { code, refusedCount, refused } } = await measureDelay(
        delaysMs,
        async () => await importText(body, '', HEADERS[format]),
      )
      const outcome = status === 200 ? `${refusedCount} rejected` : `${status} ${code}`
      t.ok((status === 200 && (refusedCount > 0 || /lines/.test(name))) || code === 'unreadable-import', outcome)
      if (status === 200) t.ok(JSON.stringify(refused).length < 1_500_000, 'the report is small')
    }
    t.ok(Math.min(...delaysMs) <= MAX_DELAY_MS, `${name}: the event loop was delayed by ${delaysMs.join(', ')} ms`)
  }
  t.ok((await exportLines()).length <= 1)
})

/** Appends the longest delay of the event loop during a request, ms. */
async function measureDelay<T> (delaysMs: number[], send: () => Promise<T>): Promise<T> {
  const delays = monitorEventLoopDelay({ resolution: 5 })
  const sent = send()
  // The test client copies the body.
  await new Promise((resolve) => setTimeout(resolve, 50))
  delays.enable()
  const response = await sent
  delays.disable()
  delaysMs.push(Math.round(delays.max / 1e6))
  return response
}
