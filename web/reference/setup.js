// Runs before the bundle of Scalar: its validation library must not try whether the page may evaluate text as code.
globalThis.__zod_globalConfig = { jitless: true }
