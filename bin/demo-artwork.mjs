#!/usr/bin/env node
// npm run demo:artwork: draws the posters and backdrops of the demo again; builds what is missing. Needs Chromium.
import { prepare } from './prepare.mjs'
import { loadEnvironment, spawnScript } from './spawn-script.mjs'

loadEnvironment()
await prepare({ withTests: true })
spawnScript('--enable-source-maps', 'dist/test/demo/draw-artwork.js')
