#!/usr/bin/env node
// npm start: installs and builds what is missing, then runs the service.
import { prepare } from './prepare.mjs'
import { loadEnvironment, spawnScript } from './spawn-script.mjs'

loadEnvironment()
await prepare()
spawnScript('--enable-source-maps', 'dist/src/server.js')
