#!/usr/bin/env node
// npm run db: runs the embedded database server without the service, until Ctrl-C.
import { prepare } from './prepare.mjs'
import { loadEnvironment, spawnScript } from './spawn-script.mjs'

loadEnvironment()
await prepare()
spawnScript('--enable-source-maps', 'dist/src/cli/run-database.js')
