// Runs every command of the quickstart, the guides and the concepts against one demo, and compares the output.
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import t from 'tap'
import { startDemoService } from '../support/demo-service.js'
import { findCommand } from '../support/run-command.js'
import { readSteps, runSteps, toOutputPattern, withoutSpace } from './guide-commands.js'

const MAX_LINES = 150
const CLIENT = 'packages/client/src'
/** Names that are neither operations nor fields: of browsers, and of fields that some problems add. */
const OTHER_NAMES = [
  'readyState',
  'parallelUploads',
  ...[
    'maxBytes',
    'maxEpisodes',
    'maxMediaFiles',
    'maxSubtitles',
    'maxTitles',
    'otherStreams',
    'profileNames',
    'maxWebhooks',
    'maxServiceAccounts',
    'maxTokens',
    'requiredScope',
  ],
]
const missing = ['curl', 'jq', 'bash'].filter((command) => findCommand(command) === null)
const pagesIn = (folder: string): string[] =>
  readdirSync(folder).filter((name) => name.endsWith('.md')).sort().map((name) => path.join(folder, name))
const pages = [
  ...['docs/quickstart.md', 'docs/client.md', 'docs/webhooks.md'],
  ...pagesIn('docs/guides'),
  ...pagesIn('docs/concepts'),
]

t.test('the commands of the pages print what the pages show', {
  skip: missing.length > 0 ? `not installed: ${missing.join(', ')}` : false,
  timeout: 280_000,
}, async (t) => {
  const origin = await startDemoService(t)
  let commands = 0
  let compared = 0
  for (const page of pages) {
    const steps = readSteps(page)
    if (steps.length === 0) continue
    const { outputs, errors } = await runSteps(steps, origin)
    commands += outputs.length
    t.equal(outputs.length, steps.length, `${page}: every command succeeds ${errors}`)
    for (const [i, { heading, output }] of steps.entries()) {
      if (output === null || outputs[i] === undefined) continue
      compared++
      t.match(withoutSpace(outputs[i]), toOutputPattern(output), `${page}, ${heading}`)
    }
  }
  t.ok(commands >= 60, `${commands} commands`)
  t.ok(compared >= 45, `${compared} outputs`)
})

t.test('a page is short, is listed, and its links lead to files', async (t) => {
  const index = readFileSync('docs/guides/README.md', 'utf8')
  for (const page of pages) {
    const text = readFileSync(page, 'utf8')
    const isTable = page.endsWith('problems.md')
    if (!isTable) t.ok(text.split('\n').length <= MAX_LINES + 1, `${page} has at most ${MAX_LINES} lines`)
    if (!page.endsWith('README.md')) t.ok(index.includes(path.basename(page)), `the list of guides has ${page}`)
    for (const [, link = ''] of text.matchAll(/\]\((?!https?:)([^)#]+)(?:#[^)]*)?\)/g)) {
      t.doesNotThrow(() => readFileSync(path.join(path.dirname(page), link)), `${page} links to ${link}`)
    }
  }
})

t.test('a page names only operations, fields and functions of the client package that exist', async (t) => {
  const document: unknown = JSON.parse(readFileSync('openapi/openapi.json', 'utf8'))
  const names = new Set(OTHER_NAMES)
  JSON.stringify(document, (key, value: unknown) => {
    names.add(key)
    const { operationId, name } = (value ?? {}) as { operationId?: unknown, name?: unknown }
    for (const one of [operationId, name]) if (typeof one === 'string') names.add(one)
    return value
  })
  for (const file of readdirSync(CLIENT, { recursive: true, encoding: 'utf8' }).filter((one) => one.endsWith('.ts'))) {
    const source = readFileSync(path.join(CLIENT, file), 'utf8')
    for (const [name] of source.matchAll(/\b[a-z]+[A-Z]\w+/g)) names.add(name)
  }
  for (const page of pages) {
    const used = [...readFileSync(page, 'utf8').matchAll(/`([a-z]+[A-Z]\w+)`/g)].map(([, name = '']) => name)
    t.strictSame(used.filter((name) => !names.has(name)), [], page)
  }
})
