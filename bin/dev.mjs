#!/usr/bin/env node
// npm run dev: runs the service, compiles each change of a source, and restarts the service if it compiles.
import { spawn } from 'node:child_process'
import path from 'node:path'
import { exitCodeOf, prepare, ROOT } from './prepare.mjs'
import { loadEnvironment, onStopSignal, startNode } from './spawn-script.mjs'

/** Diagnostics of the compiler: it found errors, or none, and waits for changes. */
const WATCHING_CODES = [6193, 6194]

loadEnvironment()
await prepare()
// Installed by prepare.
const { default: ts } = await import('typescript')

let service = null
let isRestarting = false
let isStopping = false

function startService () {
  service = startNode('--enable-source-maps', 'dist/src/server.js')
  service.on('exit', (code, signal) => {
    service = null
    if (isStopping) process.exit(exitCodeOf(code, signal))
    if (isRestarting) {
      isRestarting = false
      startService()
    } else {
      console.error('The service ended. It starts again after the next change.')
    }
  })
}

function restartService () {
  if (service === null) {
    startService()
  } else if (!isRestarting) {
    isRestarting = true
    service.kill('SIGTERM')
  }
}

/** Starts the compiler. Nothing is written while there are errors, so that the running service stays as it is. */
function watchSources (onCompiled) {
  const options = {
    ...{ noCheck: false, noResolve: false, noEmitOnError: true },
    ...{ incremental: true, tsBuildInfoFile: path.join(ROOT, '.cache', 'dev.tsbuildinfo') },
  }
  const format = { getCurrentDirectory: () => ROOT, getCanonicalFileName: (file) => file, getNewLine: () => '\n' }
  const describe = process.stdout.isTTY ? ts.formatDiagnosticsWithColorAndContext : ts.formatDiagnostics
  const host = ts.createWatchCompilerHost(
    path.join(ROOT, 'tsconfig.build.json'),
    options,
    ts.sys,
    ts.createEmitAndSemanticDiagnosticsBuilderProgram,
    (diagnostic) => console.error(describe([diagnostic], format).trimEnd()),
    ({ code, messageText }, _newLine, _options, errorCount = 0) => {
      console.log(ts.flattenDiagnosticMessageText(messageText, '\n'))
      if (WATCHING_CODES.includes(code) && errorCount === 0) onCompiled()
    },
  )
  return ts.createWatchProgram(host)
}

const pageBuild = spawn(process.execPath, ['web/build.mjs', '--watch'], { cwd: ROOT, stdio: 'inherit' })
process.on('exit', () => {
  pageBuild.kill()
})
onStopSignal((signal) => {
  isStopping = true
  if (service === null) process.exit(exitCodeOf(null, signal))
  service.kill(signal)
})
watchSources(restartService)
// The last good build runs while the sources have errors.
if (service === null) startService()
