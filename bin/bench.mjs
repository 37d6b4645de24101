#!/usr/bin/env node
// npm run bench:peers and the other benchmarks: installs and builds what is missing, then runs a benchmark.
// Words after -- are its options. .env is not read: a benchmark must not use the database or the secrets of a service.
import { prepare } from './prepare.mjs'
import { spawnScript } from './spawn-script.mjs'

const BENCHMARKS = ['watching', 'stream', 'catalogue', 'start', 'peers', 'capacity', 'ingest', 'quickstart']
const [name, ...options] = process.argv.slice(2)
if (!BENCHMARKS.includes(name)) {
  console.error(`Name a benchmark: ${BENCHMARKS.join(', ')}.`)
  process.exit(1)
}
await prepare({ withTests: true })
spawnScript('--enable-source-maps', `dist/bench/${name}.js`, ...options)
