#!/usr/bin/env node
// npm run test:fuzz: sets up what is missing, then tries the service with input that nobody thought of; words after -- are its
// options.
// No .env here: a test run is not to meet the database or the secrets of the service.
import { hand, prepare } from './prepare.mjs'

await prepare()
hand('--enable-source-maps', 'dist/test/fuzz/run.js', ...process.argv.slice(2))
