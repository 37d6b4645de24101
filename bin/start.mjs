#!/usr/bin/env node
// npm start: installs and builds what is missing, then runs the service.
import { prepare } from './prepare.mjs'
import { loadEnvironment, spawnScript } from './spawn-script.mjs'

loadEnvironment()
await prepare()
const service = spawnScript('--enable-source-maps', 'dist/src/server.js')
// The service sends a message when it listens. The time includes the installation and the build.
service.once('message', () => {
  console.log(`Ready in ${(performance.now() / 1_000).toFixed(1)} s\n`)
})
