// Twice a second: titles that came or went by their dates are told. Every few seconds: streams whose lease ran out reach the
// history and give their slots back; now and then, media that wait are packaged, resumable uploads tended, closed accounts erased, what broken uploads left in storage goes, and what is watched
// these days is counted. Several processes may do so.
import fp from 'fastify-plugin'
import type { Services } from '../services.js'
import { eraseClosedAccounts } from '../accounts/erase-account.js'
import { createAvailabilityNotifier } from '../changes/availability-notifier.js'
import { flushExpiredLeases } from '../watching/streams/flush.js'

const DATES_EVERY_MS = 500
const STREAMS_EVERY_MS = 5_000
const PACKAGES_EVERY_MS = 60_000
const RESUMABLE_EVERY_MS = 60_000
const UPLOADS_EVERY_MS = 3_600_000
const ACCOUNTS_EVERY_MS = 600_000
const POPULAR_EVERY_MS = 5 * 60_000
const TOGETHER_EVERY_MS = 60 * 60_000
/** No upload is still arriving after this. */
const UPLOAD_MAX_AGE_MS = 24 * 3_600_000

export default fp<{ services: Services }>(async function sweeper (app, { services }) {
  function every (ms: number, what: string, tend: () => Promise<unknown>): void {
    let running: Promise<unknown> = Promise.resolve()
    const once = (): void => {
      running = running.then(tend).catch((error: unknown) => {
        app.log.warn({ err: error }, `could not tend ${what}; trying again`)
      })
    }
    const timer = setInterval(once, ms)
    timer.unref()
    once()
    app.addHook('onClose', async () => {
      clearInterval(timer)
      await running
    })
  }
  const windowNews = createAvailabilityNotifier(services.catalogue)
  every(DATES_EVERY_MS, 'titles that come and go', async () => {
    await windowNews.notify(services.now())
  })
  every(STREAMS_EVERY_MS, 'expired streams', async () => await flushExpiredLeases(services.watching))
  every(PACKAGES_EVERY_MS, 'unpackaged media', async () => {
    await services.packaging.sweep()
  })
  every(ACCOUNTS_EVERY_MS, 'closed accounts', async () => await eraseClosedAccounts(services))
  every(RESUMABLE_EVERY_MS, 'resumable uploads', async () => {
    await services.uploads.sweep()
  })
  every(UPLOADS_EVERY_MS, 'broken uploads', async () => await services.storage.sweep(UPLOAD_MAX_AGE_MS))
  every(POPULAR_EVERY_MS, 'what is popular', async () => {
    await services.trends.countPopular(services.now())
  })
  every(TOGETHER_EVERY_MS, 'what is watched together', async () => {
    await services.trends.countTogether(services.now())
  })
}, { name: 'sweeper' })
