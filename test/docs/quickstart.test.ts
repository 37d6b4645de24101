// Runs the commands of docs/quickstart.md word for word against the demo. Skipped where curl or jq is not installed.
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import t from 'tap'
import { startDemoService } from '../support/demo-service.js'
import { findCommand } from '../support/run-command.js'

const missing = ['curl', 'jq', 'bash'].filter((command) => findCommand(command) === null)

/** Runs a script in bash. @returns its output */
async function runScript (script: string, environment: Record<string, string>): Promise<string> {
  const child = spawn('bash', ['-euo', 'pipefail', '-c', script], {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const chunks: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk))
  const code = await new Promise((resolve) => child.on('close', resolve))
  if (code !== 0) throw new Error(`the script ended with ${String(code)} after: ${Buffer.concat(chunks).toString()}`)
  return Buffer.concat(chunks).toString()
}

t.test('the quickstart resumes at the position that it stopped at', {
  skip: missing.length > 0 ? `not installed: ${missing.join(', ')}` : false,
  timeout: 120_000,
}, async (t) => {
  const origin = await startDemoService(t)
  const blocks = [...readFileSync('docs/quickstart.md', 'utf8').matchAll(/^```sh\n(.*?)^```$/gms)].map(([, text]) =>
    text
  )
  t.equal(blocks.length, 8, 'one block for each step')
  const output = await runScript(blocks.join('\n'), { API: origin })
  t.match(output, /^206 65536 bytes$/m)
  t.match(output, /"title": "Alien",\s+"item": "[0-9a-f]{24}",\s+"positionMs": 31234/)
})
