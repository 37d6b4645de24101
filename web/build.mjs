// Builds the web apps, the page of the API reference and the guides into dist/web: generates the API types, checks the
// types and bundles the apps.
// --check only checks the types, --bundle only bundles, --watch rebuilds the bundle after each change.
import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import { build } from 'vite'
import { writeClientOperations, writeClientTypes } from '../packages/client/write-types.mjs'
import { writeGuides } from './guides/write-guides.mjs'
import { writeReference } from './reference/write-reference.mjs'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const inRoot = (...parts) => path.join(ROOT, ...parts)

/** Each app types the links of its own router and the keys of its own messages. */
const PROJECTS = [inRoot('web'), inRoot('web', 'admin')]

function checkTypes () {
  const compiler = inRoot('node_modules', 'typescript', 'bin', 'tsc')
  for (const project of PROJECTS) {
    const { status } = spawnSync(process.execPath, [compiler, '-p', project], { stdio: 'inherit' })
    if (status !== 0) process.exit(status ?? 1)
  }
}

/** Brotli at quality 9 takes a tenth of the time of quality 11, for files that are 8 % larger. */
const BROTLI_QUALITY = 9

/** Writes compressed copies of scripts and styles, so that the service does not compress them for each request. */
function compressAssets () {
  const folder = inRoot('dist', 'web', 'assets')
  for (const name of readdirSync(folder).filter((file) => /\.(css|js|svg)$/.test(file))) {
    const bytes = readFileSync(path.join(folder, name))
    const brotliOptions = { params: { [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY } }
    const copies = {
      br: brotliCompressSync(bytes, brotliOptions),
      gz: gzipSync(bytes, { level: constants.Z_BEST_COMPRESSION }),
    }
    // Compression makes the smallest files larger.
    if (Math.max(copies.br.length, copies.gz.length) >= bytes.length) continue
    for (const [extension, copy] of Object.entries(copies)) {
      writeFileSync(path.join(folder, `${name}.${extension}`), copy)
    }
  }
}

const hasFlag = (flag) => process.argv.includes(flag)
const options = { configFile: inRoot('web', 'vite.config.ts'), logLevel: 'warn' }

writeClientOperations()
if (!hasFlag('--bundle')) {
  await writeClientTypes()
  if (!hasFlag('--watch')) checkTypes()
}
if (hasFlag('--watch')) {
  await build({ ...options, build: { watch: {} } })
} else if (!hasFlag('--check')) {
  await build(options)
  await writeReference(inRoot('dist', 'web'))
  writeGuides(inRoot('dist', 'web'))
  compressAssets()
}
