#!/usr/bin/env node
// npm test: sets up what is missing, then runs the tests; words after -- run only the files with one in their path.
// No .env here: a test run is not to meet the database or the secrets of the service.
import { hand, prepare } from './prepare.mjs'

await prepare()
hand('--enable-source-maps', 'dist/test/run.js', ...process.argv.slice(2))
