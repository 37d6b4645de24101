#!/usr/bin/env node
// npm run dev: the service, restarted whenever a source changes. The database is npm run db's, or MONGODB_URI's; without
// either each restart starts one for itself.
import { spawn } from 'node:child_process'
import { hand, loadEnvironment, prepare, ROOT } from './prepare.mjs'

loadEnvironment()
await prepare()
const compiler = spawn(process.execPath, [
  'node_modules/typescript/bin/tsc',
  '-p',
  'tsconfig.json',
  '--watch',
  '--preserveWatchOutput',
], { cwd: ROOT, stdio: 'inherit' })
const page = spawn(process.execPath, ['web/build.mjs', '--watch'], { cwd: ROOT, stdio: 'inherit' })
process.on('exit', () => {
  compiler.kill()
  page.kill()
})
hand(
  '--watch-path=dist/src',
  '--watch-path=dist/models',
  '--watch-path=dist/routes',
  '--watch-preserve-output',
  '--enable-source-maps',
  'dist/src/server.js',
)
