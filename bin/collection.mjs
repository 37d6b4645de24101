// "npm run collection": writes a Bruno collection and a cheat sheet of commands from the OpenAPI document. They are
// built on demand, so that they cannot be out of date. The first argument is the folder; the default is
// dist/collections.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { writeBrunoFiles } from './collection/bruno.mjs'
import { writeCheatSheet } from './collection/cheat-sheet.mjs'
import { listRequests } from './collection/requests.mjs'

const ROOT = path.join(path.dirname(fileURLToPath(import.meta.url)), '..')
const [folder = path.join(ROOT, 'dist', 'collections')] = process.argv.slice(2)

const document = JSON.parse(readFileSync(path.join(ROOT, 'openapi', 'openapi.json'), 'utf8'))
const requests = listRequests(document)
const files = { ...writeBrunoFiles(document, requests), 'cheat-sheet.md': writeCheatSheet(document, requests) }
rmSync(path.join(folder, 'bruno'), { recursive: true, force: true })
for (const [name, text] of Object.entries(files)) {
  const file = path.join(folder, name)
  mkdirSync(path.dirname(file), { recursive: true })
  writeFileSync(file, text)
}
console.log(`${folder}: ${requests.length} requests.`)
console.log('Open the folder "bruno" in Bruno with its environment "Demo"; cheat-sheet.md has the same for a terminal.')
