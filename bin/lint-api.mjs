// "npm run lint:api": checks a document with the rules of redocly.yaml. A warning fails it too.
// The first argument is the document; the default is openapi/openapi.json.
import { spawnSync } from 'node:child_process'
import { createRequire } from 'node:module'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '..')
const manifest = createRequire(import.meta.url).resolve('@redocly/cli/package.json')
const [document = path.join(root, 'openapi', 'openapi.json')] = process.argv.slice(2)
const { stdout, stderr } = spawnSync(process.execPath, [
  path.join(path.dirname(manifest), 'bin', 'cli.js'),
  'lint',
  document,
  '--config',
  path.join(root, 'redocly.yaml'),
  '--format=json',
  '--max-problems=1000',
], {
  cwd: root,
  encoding: 'utf8',
  maxBuffer: 64 * 1_024 * 1_024,
  // The command makes no requests.
  env: { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' },
})

const name = path.relative(root, document)
if (!stdout.startsWith('{')) {
  console.error(stdout + stderr)
  process.exitCode = 1
} else {
  const { totals: { errors, warnings }, problems } = JSON.parse(stdout)
  for (const { ruleId, message, location: [place] } of problems) {
    console.error(`${ruleId} ${place?.pointer}: ${message}`)
  }
  if (errors + warnings === 0) console.log(`${name} follows the rules of redocly.yaml.`)
  else console.error(`${name}: ${errors} errors, ${warnings} warnings.`)
  process.exitCode = errors + warnings === 0 ? 0 : 1
}
