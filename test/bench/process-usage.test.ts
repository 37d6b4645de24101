// The CPU time of a process, which benchmarks divide by requests.
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import t from 'tap'
import { readCpuMs } from '../../bench/process-usage.js'

const BUSY_MS = 200
/** User and system time are rounded down to 10 ms each. */
const RESOLUTION_MS = 20
const BUSY_THREAD = `
  const { parentPort } = require('node:worker_threads')
  const endsAt = performance.now() + ${BUSY_MS}
  while (performance.now() < endsAt) {}
  parentPort.once('message', () => {})
  parentPort.postMessage('busy no longer')
`

await t.test('The time of a thread that has ended still counts', {
  skip: process.platform !== 'linux' && 'the time is read from /proc',
}, async (t) => {
  const thread = new Worker(BUSY_THREAD, { eval: true })
  await once(thread, 'message')
  const before = readCpuMs(process.pid) ?? NaN
  thread.postMessage('end')
  await once(thread, 'exit')
  const after = readCpuMs(process.pid) ?? NaN
  t.ok(after >= before - RESOLUTION_MS, `${after} ms after the end, ${before} ms before`)
})

await t.test('There is no time of a process that does not exist', async (t) => {
  t.equal(readCpuMs(null), null)
})
