#!/usr/bin/env node
// npm start: sets up what is missing, then runs the service.
import { hand, loadEnvironment, prepare } from './prepare.mjs'

loadEnvironment()
await prepare()
hand('--enable-source-maps', 'dist/src/server.js')
