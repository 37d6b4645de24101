// Builds the client package: "npm run build:client", or "npm pack" in this folder.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { writeClientTypes } from './write-types.mjs'

const inPackage = (path) => fileURLToPath(new URL(path, import.meta.url))

await writeClientTypes()
const compiler = inPackage('../../node_modules/typescript/bin/tsc')
const { status } = spawnSync(process.execPath, [compiler, '-p', inPackage('tsconfig.json')], { stdio: 'inherit' })
process.exitCode = status ?? 1
