// Writes openapi/openapi.json from the routes; with --check only says whether it is up to date. Needs no database.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describeApi } from '../describe-api.js'

const FILE = path.resolve('openapi', 'openapi.json')

const text = `${JSON.stringify(await describeApi(), null, 2)}\n`
const current = existsSync(FILE) ? readFileSync(FILE, 'utf8') : ''
if (!process.argv.includes('--check')) {
  writeFileSync(FILE, text)
  console.log(`Wrote ${path.relative('.', FILE)}: ${text.length} characters.`)
} else if (current === text) {
  console.log('openapi/openapi.json is up to date.')
} else {
  console.error('openapi/openapi.json is not what the routes say. Write it again with "npm run openapi" and commit it.')
  process.exitCode = 1
}
