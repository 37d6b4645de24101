// Every few minutes: what is watched these days is counted again, for the home page of this process.
import fp from 'fastify-plugin'
import type { Services } from '../services.js'

const POPULAR_EVERY_MS = 5 * 60_000
const TOGETHER_EVERY_MS = 60 * 60_000

export default fp<{ services: Pick<Services, 'trends' | 'now'> }>(async function trends (app, { services: { trends, now } }) {
  function every (ms: number, what: string, count: () => Promise<void>): void {
    let running: Promise<void> = Promise.resolve()
    const once = (): void => {
      running = running.then(count).catch((error: unknown) => { app.log.warn({ err: error }, `could not count ${what}; trying again`) })
    }
    const timer = setInterval(once, ms).unref()
    once()
    app.addHook('onClose', async () => {
      clearInterval(timer)
      await running
    })
  }
  every(POPULAR_EVERY_MS, 'what is popular', async () => { await trends.countPopular(now()) })
  every(TOGETHER_EVERY_MS, 'what is watched together', async () => { await trends.countTogether(now()) })
}, { name: 'trends' })
