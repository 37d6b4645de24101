#!/usr/bin/env node
// npm run dev: runs the service and restarts it when a source changes. It uses the server of npm run db or MONGODB_URI;
// without either, each restart starts an embedded server.
import { spawn } from 'node:child_process'
import { prepare, ROOT } from './prepare.mjs'
import { loadEnvironment, spawnScript } from './spawn-script.mjs'

loadEnvironment()
await prepare()
const compilerArgs = ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.json', '--watch', '--preserveWatchOutput']
const compiler = spawn(process.execPath, compilerArgs, { cwd: ROOT, stdio: 'inherit' })
const pageBuild = spawn(process.execPath, ['web/build.mjs', '--watch'], { cwd: ROOT, stdio: 'inherit' })
process.on('exit', () => {
  compiler.kill()
  pageBuild.kill()
})
spawnScript(
  '--watch-path=dist/src',
  '--watch-path=dist/models',
  '--watch-path=dist/migrations',
  '--watch-path=dist/routes',
  '--watch-preserve-output',
  '--enable-source-maps',
  'dist/src/server.js',
)
