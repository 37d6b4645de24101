// Writes the generated descriptions: openapi/openapi.json from the routes, and the JSON Schema of an import line.
// With --check it only compares them with the files. Needs no database.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { importLineSchema } from '../transfer/import-line-schema.js'
import { describeApi } from './describe-api.js'

const DOCUMENTS = [['openapi.json', describeApi], ['import-line.schema.json', importLineSchema]] as const

for (const [name, generate] of DOCUMENTS) {
  const file = path.join('openapi', name)
  const text = `${JSON.stringify(await generate(), null, 2)}\n`
  const current = existsSync(file) ? readFileSync(file, 'utf8') : ''
  if (!process.argv.includes('--check')) {
    writeFileSync(file, text)
    console.log(`Wrote ${file}: ${text.length} characters.`)
  } else if (current === text) {
    console.log(`${file} is up to date.`)
  } else {
    console.error(`${file} differs from the code. Run "npm run openapi" and commit the result.`)
    process.exitCode = 1
  }
}
