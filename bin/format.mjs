#!/usr/bin/env node
// npm run format: formats TypeScript, JavaScript and Markdown with dprint by dprint.json. With --check it changes
// nothing and fails when a file is not formatted. Paths limit it to files below them.
import { createContext } from '@dprint/formatter'
import * as markdown from '@dprint/markdown'
import * as typescript from '@dprint/typescript'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { ROOT } from './prepare.mjs'

const PLUGINS = { typescript, markdown }
const IGNORED = [
  'node_modules',
  'packages/client/dist',
  'packages/client/src/generated',
  '.git',
  'dist',
  '.data',
  '.cache',
  '.tap',
  'coverage',
]

/** Paths of all files with one of the extensions, relative to the root of the project. */
function listFiles (folder, extensions) {
  return readdirSync(path.join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const file = path.posix.join(folder, entry.name)
    if (IGNORED.includes(file)) return []
    if (entry.isDirectory()) return listFiles(file, extensions)
    return extensions.has(path.extname(file)) ? [file] : []
  })
}

function createFormatter () {
  const { extensions, typescript: typescriptOptions, markdown: markdownOptions, ...shared } = JSON.parse(
    readFileSync(path.join(ROOT, 'dprint.json'), 'utf8'),
  )
  const options = { typescript: typescriptOptions, markdown: markdownOptions }
  const context = createContext(shared)
  for (const [name, plugin] of Object.entries(PLUGINS)) context.addPlugin(readFileSync(plugin.getPath()), options[name])
  return { context, extensions: new Set(extensions) }
}

const words = process.argv.slice(2)
const isCheck = words.includes('--check')
const paths = words.filter((word) => word !== '--check').map((word) => path.relative(ROOT, path.resolve(word)))
const { context, extensions } = createFormatter()
const isWanted = (file) => paths.length === 0 || paths.some((one) => file === one || file.startsWith(`${one}/`))
const files = listFiles('', extensions).filter(isWanted)
const changed = []
for (const filePath of files) {
  const fileText = readFileSync(path.join(ROOT, filePath), 'utf8')
  const formatted = context.formatText({ filePath, fileText })
  if (formatted === fileText) continue
  changed.push(filePath)
  if (!isCheck) writeFileSync(path.join(ROOT, filePath), formatted)
}
for (const file of changed) console.log(`${isCheck ? 'not formatted' : 'formatted'}: ${file}`)
if (isCheck && changed.length > 0) console.error(`${changed.length} files are not formatted. Run: npm run format`)
process.exitCode = isCheck && changed.length > 0 ? 1 : 0
