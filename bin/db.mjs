#!/usr/bin/env node
// npm run db: the embedded database alone, until Ctrl-C.
import { hand, loadEnvironment, prepare } from './prepare.mjs'

loadEnvironment()
await prepare()
hand('--enable-source-maps', 'dist/src/cli/run-database.js')
