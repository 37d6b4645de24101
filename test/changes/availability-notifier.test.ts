// When the availability of titles is checked, on a mocked clock.
import { mock } from 'node:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
import t from 'tap'
import { createAvailabilityNotifier } from '../../src/changes/availability-notifier.js'
import type { CatalogueTitle } from '../../src/catalogue/store/catalogue.js'
import { startApp } from '../support/app.js'

t.test('dates of titles are checked when they pass, and after changes', async (t) => {
  // The notifier stores the time of its last check.
  await startApp(t)
  mock.timers.enable({ apis: ['setTimeout', 'Date'], now: Date.UTC(2030, 0) })
  t.teardown(() => {
    mock.timers.reset()
  })
  const titles: Array<Partial<CatalogueTitle>> = []
  let generation = 0
  let notifyChange: () => void = () => undefined
  let isSubscribed = true
  const notifier = createAvailabilityNotifier({
    titles: () => titles,
    generation: () => generation,
    onChange (listener: () => void) {
      notifyChange = listener
      return () => {
        isSubscribed = false
      }
    },
  } as never, () => new Date())
  let runs = 0
  let running: Promise<void> = Promise.resolve()
  const stop = notifier.plan(async () => {
    runs++
    running = notifier.notify(new Date())
    await running
  })
  const untilRun = async (): Promise<void> => {
    await nextTurn()
    await running
    // The end of the run plans the next one.
    await nextTurn()
  }
  const advance = async (ms: number, expectedRuns: number, message: string): Promise<void> => {
    mock.timers.tick(ms)
    await untilRun()
    t.equal(runs, expectedRuns, message)
  }
  await untilRun()
  await advance(59_000, 1, 'nothing is due')
  await advance(1_000, 2, 'a minute later at the latest')
  titles.push({
    id: '0123456789abcdef01234567',
    published: true,
    availableFrom: new Date(Date.now() + 10_000),
    availableUntil: null,
  })
  generation++
  for (let i = 0; i < 100; i++) notifyChange()
  await advance(500, 3, 'changes are read together')
  await advance(9_499, 3, 'not before the date')
  await advance(1, 4, 'at the date')
  stop()
  t.notOk(isSubscribed)
  await advance(120_000, 4, 'stopped')
})
