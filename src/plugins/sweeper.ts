// Every few seconds: streams whose lease ran out reach the history and give their slots back. Several processes may sweep.
import fp from 'fastify-plugin'
import { sweepExpiredSlots } from '../watching/flush.js'
import type { Watching } from '../watching/watching.js'

const EVERY_MS = 5_000

export default fp<{ watching: Watching }>(async function sweeper (app, { watching }) {
  let running: Promise<unknown> = Promise.resolve()
  const timer = setInterval(() => {
    running = running.then(async () => await sweepExpiredSlots(watching))
      .catch((error: unknown) => { app.log.warn({ err: error }, 'could not sweep expired streams; trying again') })
  }, EVERY_MS)
  timer.unref()
  app.addHook('onClose', async () => {
    clearInterval(timer)
    await running
  })
}, { name: 'sweeper' })
