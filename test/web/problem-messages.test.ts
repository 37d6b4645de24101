// Every problem of the API has a message in each language of the web apps: of its code, or of its status.
import { readFileSync } from 'node:fs'
import path from 'node:path'
import t from 'tap'

const LANGUAGES = ['en', 'es', 'de'] as const

type Messages = Readonly<Record<string, string>>

function readMessages (language: string, name: string): Messages {
  return JSON.parse(readFileSync(path.resolve('web', 'shared', 'messages', language, `${name}.json`), 'utf8'))
}

/** Codes and statuses of the table in the documentation, which a test compares with the source. */
function readProblems (): Array<{ code: string, statuses: number[] }> {
  const table = readFileSync(path.resolve('docs', 'concepts', 'problems.md'), 'utf8')
  return [...table.matchAll(/^\| `(?<code>[a-z-]+)` +\| (?<statuses>[\d, ]+)\|/gm)].map(({ groups = {} }) => ({
    code: groups['code'] ?? '',
    statuses: (groups['statuses'] ?? '').split(',').map(Number),
  }))
}

/** The rule of `useErrorText`. English pages show the detail of the API where they have no message. */
function describe (messages: Messages, code: string, status: number): string | undefined {
  if (messages[code] !== undefined) return messages[code]
  return status >= 500 ? 'server error' : messages[`status-${status}`] ?? messages['status-4xx']
}

t.test('every problem code has a message in each language', (t) => {
  const problems = readProblems()
  t.ok(problems.length > 90, `${problems.length} codes`)
  for (const language of LANGUAGES) {
    const messages = readMessages(language, 'problems')
    for (const { code, statuses } of problems) {
      for (const status of statuses) {
        t.match(describe(messages, code, status), /\S/, `${language}: ${code}, ${status}`)
      }
    }
    t.match(readMessages(language, 'states'), { unreachable: /\S/, serverError: /\S/ })
  }
  t.end()
})

t.test('the languages have messages of the same problems, and of no others', (t) => {
  const known = new Set(readProblems().map(({ code }) => code))
  const english = readMessages('en', 'problems')
  for (const code of Object.keys(english)) {
    if (!code.startsWith('status-')) t.ok(known.has(code), code)
  }
  for (const language of LANGUAGES.slice(1)) {
    const messages = readMessages(language, 'problems')
    t.strictSame(Object.keys(messages).sort(), Object.keys(english).sort(), language)
    // Words that two languages share are no sentences.
    const untranslated = Object.keys(english).filter((code) => messages[code] === english[code])
    t.strictSame(untranslated, [], language)
  }
  t.end()
})
