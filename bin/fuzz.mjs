#!/usr/bin/env node
// npm run test:fuzz: installs and builds what is missing, then sends generated requests to the service. Words after --
// are options. .env is not read: the run must not use the database or the secrets of a service.
import { prepare } from './prepare.mjs'
import { spawnScript } from './spawn-script.mjs'

await prepare({ withTests: true })
spawnScript('--enable-source-maps', 'dist/test/fuzz/run.js', ...process.argv.slice(2))
