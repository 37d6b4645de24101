#!/usr/bin/env node
// Lets mongodb-memory-server run the stand-in database as if it were mongod: translates the options it passes and the
// lines it waits for. The stand-in's path comes in NORMFLIX_STAND_IN.
import { spawn } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { createInterface } from 'node:readline'

const VERSION_LINES = 'db version v8.2.6\nBuild Info: stand-in'

const args = process.argv.slice(2)
if (args.includes('--version')) {
  console.log(VERSION_LINES)
  process.exit(0)
}

const option = (name) => args.includes(name) ? args[args.indexOf(name) + 1] : undefined
const dbpath = option('--dbpath') ?? 'data'
mkdirSync(dbpath, { recursive: true })

const server = spawn(process.env.NORMFLIX_STAND_IN, [
  '--host', option('--bind_ip') ?? '127.0.0.1',
  '--port', option('--port') ?? '27017',
  '--storage-path', dbpath,
  '--cache-size', '256M',
  // The default allocates 2 GB a database.
  '--log-file-max', '16MB',
  '--sync-on-commit',
  '--log-level', 'WARNING'
], { stdio: ['ignore', 'pipe', 'pipe'] })

for (const [stream, out] of [[server.stdout, process.stdout], [server.stderr, process.stderr]]) {
  createInterface({ input: stream }).on('line', (line) => {
    out.write(`${line}\n`)
    if (line.includes('listening on')) process.stdout.write('waiting for connections\n')
  })
}
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => { server.kill('SIGTERM') })
process.on('exit', () => { server.kill('SIGKILL') })
server.on('error', (error) => {
  console.error(`the stand-in did not start: ${error.message}`)
  process.exit(1)
})
server.on('exit', (code, signal) => { process.exit(signal === 'SIGTERM' || signal === 'SIGINT' ? 0 : code ?? 1) })
