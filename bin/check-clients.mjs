#!/usr/bin/env node
// npm run check:clients: generates clients in TypeScript, Python and Go, compiles them, and plays a movie with each. It
// needs Python 3.10 with pip, Go 1.21, and on its first run PyPI and the proxy of Go modules.
import path from 'node:path'

process.env.NORMFLIX_TEST_CLIENTS = 'all'
process.argv = [...process.argv.slice(0, 2), path.join('openapi', 'generated-clients')]
await import('./test.mjs')
