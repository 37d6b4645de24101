#!/usr/bin/env node
// npm run bench:watching, bench:stream, bench:catalogue: sets up what is missing, then runs a benchmark by its name; words
// after -- are its options.
// No .env here: a benchmark is not to meet the database or the secrets of the service.
import { hand, prepare } from './prepare.mjs'

const BENCHMARKS = ['watching', 'stream', 'catalogue']
const [name, ...options] = process.argv.slice(2)
if (!BENCHMARKS.includes(name)) {
  console.error(`Which benchmark? One of: ${BENCHMARKS.join(', ')}`)
  process.exit(1)
}
await prepare()
hand('--enable-source-maps', `dist/bench/${name}.js`, ...options)
