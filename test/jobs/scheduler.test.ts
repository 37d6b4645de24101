// The scheduler of periodic jobs, on a mocked clock.
import { mock } from 'node:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
import t from 'tap'
import { createScheduler, type Job, type Scheduler } from '../../src/jobs/scheduler.js'

t.before(() => {
  mock.timers.enable({ apis: ['setInterval'] })
})
t.after(() => {
  mock.timers.reset()
})

/** Moves the clock forward and waits for the jobs that are due. */
async function advance (ms: number): Promise<void> {
  mock.timers.tick(ms)
  await nextTurn()
}

/** A job whose runs end when the test ends them. */
function createManualJob (
  name: string,
  intervalMs: number,
): Job & { runs: number, finishRun: (error?: Error) => void } {
  let finish: (error?: Error) => void = () => undefined
  const job = {
    name,
    intervalMs,
    runs: 0,
    finishRun: (error?: Error): void => {
      finish(error)
    },
    async run (): Promise<void> {
      job.runs++
      await new Promise<void>((resolve, reject) => {
        finish = (error) => {
          if (error === undefined) resolve()
          else reject(error)
        }
      })
    },
  }
  return job
}

interface Started {
  readonly scheduler: Scheduler
  readonly warnings: Array<{ err: Error, text: string }>
}

function start (...jobs: Job[]): Started {
  const warnings: Started['warnings'] = []
  const log = {
    warn: ((fields: { err: Error }, text: string) => {
      warnings.push({ err: fields.err, text })
    }) as never,
  }
  const scheduler = createScheduler(log, jobs)
  scheduler.start()
  return { scheduler, warnings }
}

t.test('each job runs once at the start and then at its interval', async (t) => {
  const runs: string[] = []
  const createJob = (name: string, intervalMs: number): Job => ({ name, intervalMs, run: async () => runs.push(name) })
  const { scheduler } = start(createJob('fast', 100), createJob('slow', 250))
  t.strictSame(runs, ['fast', 'slow'])
  await advance(99)
  t.equal(runs.length, 2)
  for (const ms of [1, 100, 50, 50]) await advance(ms)
  t.strictSame(runs, ['fast', 'slow', 'fast', 'fast', 'slow', 'fast'])
  await scheduler.stop()
})

t.test('a planned job runs when it asks for it, until the scheduler stops', async (t) => {
  const job = createManualJob('planned', 0)
  let runNow = async (): Promise<void> => undefined
  let isStopped = false
  const { scheduler } = start({
    name: job.name,
    run: job.run,
    plan (run) {
      runNow = run
      return () => {
        isStopped = true
      }
    },
  })
  t.equal(job.runs, 0)
  const run = runNow()
  t.equal(job.runs, 1)
  let hasStopped = false
  const stopping = scheduler.stop().then(() => {
    hasStopped = true
  })
  await nextTurn()
  t.ok(isStopped)
  t.notOk(hasStopped, 'stopping waits for the run')
  job.finishRun()
  await Promise.all([run, stopping])
})

t.test('a run that takes longer than the interval is skipped, not queued', async (t) => {
  const job = createManualJob('slow', 100)
  const { scheduler } = start(job)
  for (let i = 0; i < 5; i++) await advance(100)
  t.equal(job.runs, 1, 'no second run while the first is running')
  job.finishRun()
  await advance(0)
  t.equal(job.runs, 1, 'no run makes up for the skipped ones')
  await advance(100)
  t.equal(job.runs, 2)
  job.finishRun()
  await scheduler.stop()
})

t.test('a failed run is logged, and the next one happens', async (t) => {
  const job = createManualJob('clean-up', 100)
  const { scheduler, warnings } = start(job)
  job.finishRun(new Error('no connection'))
  await advance(0)
  t.match(warnings, [{ err: { message: 'no connection' }, text: /^job "clean-up" failed/ }])
  await advance(100)
  t.equal(job.runs, 2)
  job.finishRun()
  await scheduler.stop()
  t.equal(warnings.length, 1)
})

t.test('a job that throws before its first await is a failed run', async (t) => {
  const { scheduler, warnings } = start({
    name: 'broken',
    intervalMs: 100,
    run () {
      throw new Error('synchronous')
    },
  })
  await advance(0)
  t.match(warnings, [{ err: { message: 'synchronous' } }])
  await scheduler.stop()
})

t.test('stopping waits for running jobs and prevents further runs', async (t) => {
  const [first, second] = [createManualJob('first', 100), createManualJob('second', 100)]
  const { scheduler } = start(first, second)
  let isStopped = false
  const stopped = scheduler.stop().then(() => {
    isStopped = true
  })
  first.finishRun()
  await advance(200)
  t.notOk(isStopped, 'the second job is still running')
  second.finishRun()
  await stopped
  await advance(1_000)
  t.strictSame([first.runs, second.runs], [1, 1])
})

t.test('a scheduler that was never started stops', async () => {
  await createScheduler({ warn: () => undefined }, [createManualJob('unused', 100)]).stop()
})
