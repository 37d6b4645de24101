#!/usr/bin/env node
// npm run demo: tells the whole story against a running service.
import { loadEnvironment, prepare, ROOT } from './prepare.mjs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'

loadEnvironment()
await prepare()
await import(pathToFileURL(path.join(ROOT, 'dist', 'src', 'demo', 'story.js')).href)
