#!/usr/bin/env node
// The command line of the service: npm run normflix -- COMMAND.
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { prepare, ROOT } from './prepare.mjs'
import { loadEnvironment } from './spawn-script.mjs'

loadEnvironment()
await prepare()
await import(pathToFileURL(path.join(ROOT, 'dist', 'src', 'cli', 'main.js')).href)
