#!/usr/bin/env node
// npm test: sets up what is missing, then runs the tests; file names after -- run only those.
import { prepare, run, ROOT } from './prepare.mjs'
import path from 'node:path'

await prepare()
const { code } = await run(process.execPath, ['--enable-source-maps', path.join(ROOT, 'dist', 'test', 'run.js'), ...process.argv.slice(2)], { stdio: 'inherit' })
process.exit(code)
