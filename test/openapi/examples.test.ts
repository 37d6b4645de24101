// The examples of the OpenAPI document work on the demo as it stands: every GET, and from the log-in to the progress.
import t from 'tap'
import { startDemoService } from '../support/demo-service.js'
import {
  logInToDemo,
  NEEDS_EARLIER_RESPONSE,
  operations,
  sendExample,
  tokenFor,
  type Node,
} from './example-requests.js'

const reads = operations.filter(({ id, method }) => method === 'GET' && !NEEDS_EARLIER_RESPONSE.includes(id))

t.test('the examples work on the demo', { timeout: 120_000 }, async (t) => {
  const origin = await startDemoService(t)
  const tokens = await logInToDemo(origin)
  t.type(tokens.profile, 'string', 'log-in and profile selection')

  await t.test('from the start of playback to the progress', async (t) => {
    const token = tokens.profile
    const { status, body: { streamId } } = await sendExample(origin, 'startPlayback', { token })
    t.equal(status, 201)
    const ofStream = { token, params: { streamId } }
    t.equal((await sendExample(origin, 'sendHeartbeat', ofStream)).status, 200)
    t.equal((await sendExample(origin, 'stopPlayback', ofStream)).status, 200)
    t.equal((await sendExample(origin, 'putProgress', { token })).status, 200)
    t.match(await sendExample(origin, 'getProgress', { token }), { status: 200, body: { positionMs: 23_456 } })
  })

  await t.test('every GET', async (t) => {
    t.ok(reads.length >= 45, `${reads.length} operations`)
    for (const operation of reads) {
      const { status, body } = await sendExample(origin, operation.id, { token: tokenFor(operation, tokens) })
      t.ok(status >= 200 && status < 300, `${operation.id}: ${status} ${status < 300 ? '' : JSON.stringify(body)}`)
    }
  })
})

t.test('required parameters have examples, unless they need an earlier response', async (t) => {
  for (const { id, definition: { parameters = [] } } of reads) {
    const missing = parameters.filter((one: Node) => one['required'] === true && one['example'] === undefined)
    t.strictSame(missing.map(({ name }: Node) => name), [], id)
  }
})
