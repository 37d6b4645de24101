// The problem table of docs/concepts/problems.md has a row for every problem code of the source, with its statuses.
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import t from 'tap'

/** Each pattern captures a code; `status` is fixed or the first capture. */
const PATTERNS: ReadonlyArray<{ readonly pattern: RegExp, readonly status?: string }> = [
  { pattern: /new DomainError\(\s*(?<status>\d{3}),\s*'(?<code>[a-z-]+)'/g },
  { pattern: /badRequest\(\s*'(?<code>[a-z-]+)'/g, status: '400' },
  { pattern: /conflict\(\s*'(?<code>[a-z-]+)'/g, status: '409' },
  { pattern: /unavailable\(\s*'(?<code>[a-z-]+)'/g, status: '503' },
  // Tables of texts by status.
  { pattern: /(?<status>\d{3})(?::|,) \[?\s*'(?<code>[a-z-]+)',\s*'[A-Z]/g },
  // Lists of code, title and detail without a status.
  { pattern: /\[\n\s*'(?<code>[a-z-]+)',\n\s*'[A-Z]/g },
  // A code that is composed at run time is in the documentation of its function.
  { pattern: /@throws DomainError (?<status>\d{3}) `(?<code>[a-z-]+)`/g },
]

/** Returns the statuses of each problem code in a folder. */
function findCodes (folder: string): Map<string, Set<string>> {
  const codes = new Map<string, Set<string>>()
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'))
  for (const file of files) {
    const source = readFileSync(path.join(folder, file), 'utf8')
    for (const { pattern, status: fixedStatus } of PATTERNS) {
      for (const { groups = {} } of source.matchAll(pattern)) {
        const { code = '', status = fixedStatus } = groups
        const statuses = codes.get(code) ?? new Set()
        if (status !== undefined) statuses.add(status)
        codes.set(code, statuses)
      }
    }
  }
  return codes
}

/** Reads the statuses of each row of the problem table. */
function readProblemTable (): Map<string, Set<string>> {
  const guide = readFileSync(path.resolve('docs', 'concepts', 'problems.md'), 'utf8')
  const rows = guide.matchAll(/^\| `([a-z-]+)` +\| ([\d, ]+?) +\|/gm)
  return new Map([...rows].map(([, code = '', statuses = '']) => [code, new Set(statuses.split(', '))]))
}

t.test('the problem table matches the problem codes of the source', async (t) => {
  const found = ['src', 'models', 'routes'].flatMap((folder) => [...findCodes(path.resolve(folder))])
  const codes = new Set(found.map(([code]) => code))
  const table = readProblemTable()
  t.ok(codes.size > 80, `${codes.size} problem codes`)
  t.strictSame([...codes].filter((code) => !table.has(code)).sort(), [], 'every code has a row')
  t.strictSame([...table.keys()].filter((code) => !codes.has(code)).sort(), [], 'every row has a code')
  const wrong = found.flatMap(([code, statuses]) =>
    [...statuses].filter((status) => table.has(code) && table.get(code)?.has(status) !== true)
      .map((status) => `${code}: ${status}`)
  )
  t.strictSame(wrong, [], 'the rows have the statuses of the source')
})
