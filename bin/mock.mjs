// "npm run mock": a mock of the API from openapi/openapi.json, without a database and without state. Prism responds
// with the examples of the document, and rejects requests that do not fit it. PORT and HOST select where it listens.
// Prism has 250 packages, so that npx installs it on demand, into the cache of npm.
import { spawn } from 'node:child_process'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const VERSION = '5.16.0'
const DOCUMENT = path.join(path.dirname(fileURLToPath(import.meta.url)), '..', 'openapi', 'openapi.json')
const { PORT = '4010', HOST = '127.0.0.1' } = process.env

const mock = spawn('npx', [
  '--yes',
  `--package=@stoplight/prism-cli@${VERSION}`,
  '--',
  'prism',
  'mock',
  DOCUMENT,
  '--port',
  PORT,
  '--host',
  HOST,
  ...process.argv.slice(2),
], {
  stdio: 'inherit',
  shell: process.platform === 'win32',
  // No reports about the installation.
  env: { ...process.env, SCARF_ANALYTICS: 'false' },
})
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => mock.kill(signal))
mock.on('close', (code) => {
  process.exitCode = code ?? 0
})
