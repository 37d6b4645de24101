// The audit reads reports of Lighthouse and ends a Lighthouse that hangs. A script stands for Lighthouse.
import t from 'tap'
import { runLighthouse } from './lighthouse.js'

const PAGE = 'http://127.0.0.1:9/watch'
const toCommand = (script: string): string[] => [process.execPath, '-e', script, '--']

/** A command that writes a report, if it receives the page and the port. */
const toReporter = (report: object): string[] =>
  toCommand(`
    const output = process.argv.find((word) => word.startsWith('--output-path=')).slice('--output-path='.length)
    if (!process.argv.includes('${PAGE}') || !process.argv.includes('--port=1234')) process.exit(2)
    require('node:fs').writeFileSync(output, ${JSON.stringify(JSON.stringify(report))})`)

t.test('a page has a score for each category, and its worst findings come first', async (t) => {
  const report = {
    finalDisplayedUrl: `${PAGE}/`,
    categories: { performance: { score: 0.97 }, accessibility: { score: 1 }, 'best-practices': { score: null } },
    audits: {
      fast: { title: 'Fast', score: 1 },
      slow: { title: 'Slow', score: 0.5 },
      slower: { title: 'Slower', score: 0 },
      manual: { title: 'Look yourself', score: null },
    },
  }
  t.strictSame(await runLighthouse(PAGE, { port: 1234, command: toReporter(report) }), {
    scores: [97, 100, 0],
    findings: ['0 Slower', '50 Slow'],
  })
})

t.test('the scores of another page do not count', async (t) => {
  const report = { finalDisplayedUrl: `${PAGE}/log-in`, categories: {}, audits: {} }
  await t.rejects(runLighthouse(PAGE, { port: 1234, command: toReporter(report) }), {
    message: `${PAGE} led to ${PAGE}/log-in`,
  })
})

t.test('a failure of Lighthouse is an error with its message', async (t) => {
  const command = toCommand('console.error("no browser"); process.exit(1)')
  await t.rejects(runLighthouse(PAGE, { port: 1, command }), { message: 'Lighthouse failed: no browser\n' })
  await t.rejects(runLighthouse(PAGE, { port: 1, command: ['/no/such/command'] }), { code: 'ENOENT' })
})

t.test('a Lighthouse that hangs ends after the timeout, with the processes that it started', async (t) => {
  // The inner process keeps standard error open: the call would not return while it lives.
  const hang = 'setInterval(() => {}, 1000)'
  const command = toCommand(`
    require('node:child_process').spawn(process.execPath, ['-e', '${hang}'], { stdio: 'inherit' })
    ${hang}`)
  await t.rejects(runLighthouse(PAGE, { port: 1, command, timeoutMs: 500 }), {
    message: /^Lighthouse did not end within 0.5 s/,
  })
})
