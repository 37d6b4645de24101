#!/usr/bin/env node
// npm run dev: the API alone, restarted whenever a source changes. The database is npm run db's, or MONGODB_URI's.
import { spawn } from 'node:child_process'
import { loadEnvironment, prepare, ROOT } from './prepare.mjs'

loadEnvironment()
await prepare()
const options = { cwd: ROOT, stdio: 'inherit' }
const children = [
  spawn(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.json', '--watch', '--preserveWatchOutput'], options),
  spawn(process.execPath, ['--watch-path=dist/src', '--watch-path=dist/models', '--watch-path=dist/routes', '--watch-preserve-output', '--enable-source-maps', 'dist/src/server.js'], options),
]
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => { for (const child of children) child.kill(signal) })
for (const child of children) child.on('exit', (code) => { for (const other of children) other.kill(); process.exitCode = code ?? 0 })
