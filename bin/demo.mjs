#!/usr/bin/env node
// npm run demo: runs the scripted demo against a running service.
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { prepare, ROOT } from './prepare.mjs'
import { loadEnvironment } from './spawn-script.mjs'

loadEnvironment()
await prepare()
await import(pathToFileURL(path.join(ROOT, 'dist', 'src', 'demo', 'demo-script.js')).href)
