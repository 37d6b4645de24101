// The trailer of the demo titles is one of their clips. Here, because the demo is not loaded in production.
import { fileURLToPath } from 'node:url'

export const DEMO_TRAILER_URL = '/demo/trailer.mp4'
/** The compiled code is in dist/src/http. */
export const DEMO_TRAILER_FOLDER = fileURLToPath(new URL('../../../src/demo/clips/', import.meta.url))
export const DEMO_TRAILER_FILE = 'clip-480p-en.mp4'
