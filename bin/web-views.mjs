#!/usr/bin/env node
// npm run screenshots and npm run audit:web: drive the web apps of a running demo service; build what is missing.
import { prepare } from './prepare.mjs'
import { loadEnvironment, spawnScript } from './spawn-script.mjs'

loadEnvironment()
const origin = process.env.NORMFLIX_URL || `http://127.0.0.1:${process.env.PORT || '3000'}`
// Before the build, which takes longer.
if (!await fetch(`${origin}/health/ready`).then(({ ok }) => ok, () => false)) {
  console.error(`The service at ${origin} does not respond. Start it with npm start, or set PORT or NORMFLIX_URL.`)
  process.exit(1)
}
await prepare({ withTests: true })
const script = process.argv[2] === 'audit' ? 'audit' : 'take-screenshots'
spawnScript('--enable-source-maps', `dist/test/web/${script}.js`, origin)
