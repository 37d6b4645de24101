#!/usr/bin/env node
// npm run openapi:examples: calls every operation on the demo, stores the responses in openapi/response-examples.json
// without secrets, and writes the OpenAPI document with them.
import path from 'node:path'
import { spawnScript } from './spawn-script.mjs'

process.env.NORMFLIX_UPDATE_EXAMPLES = '1'
process.argv = [...process.argv.slice(0, 2), path.join('openapi', 'response-examples')]
await import('./test.mjs')
if (!process.exitCode) spawnScript('dist/src/cli/write-openapi.js')
