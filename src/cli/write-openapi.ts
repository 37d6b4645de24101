// Writes what programs read to know the service: openapi/openapi.json from the routes, and the JSON Schema of imports. With
// --check only says whether they are up to date. Needs no database.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describeApi } from './describe-api.js'
import { describeImportLine } from '../schemas/import-line.js'

const DOCUMENTS = [['openapi.json', describeApi], ['import-line.schema.json', describeImportLine]] as const

for (const [name, describe] of DOCUMENTS) {
  const file = path.join('openapi', name)
  const text = `${JSON.stringify(await describe(), null, 2)}\n`
  const current = existsSync(file) ? readFileSync(file, 'utf8') : ''
  if (!process.argv.includes('--check')) {
    writeFileSync(file, text)
    console.log(`Wrote ${file}: ${text.length} characters.`)
  } else if (current === text) {
    console.log(`${file} is up to date.`)
  } else {
    console.error(`${file} is not what the code says. Write it again with "npm run openapi" and commit it.`)
    process.exitCode = 1
  }
}
