#!/usr/bin/env node
// The command line of the service: npm run normflix -- COMMAND.
import { loadEnvironment, prepare, ROOT } from './prepare.mjs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'

loadEnvironment()
await prepare()
await import(pathToFileURL(path.join(ROOT, 'dist', 'src', 'cli', 'main.js')).href)
