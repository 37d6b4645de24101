// Known and unknown emails cannot be distinguished: equal bodies, and times of paired requests within 5% at the median.
import t, { type Test } from 'tap'
import type { FastifyInstance } from 'fastify'
import { startApp, containerOf } from '../support/app.js'
import { call } from '../support/requests.js'
import { PASSWORD, signUp } from '../support/users.js'

const PAIRS = 150
const MAX_DIFFERENCE = 0.05
/** Other load on the machine distorts few pairs; more pairs then average it out. A real difference remains. */
const MAX_MEASUREMENTS = 6
/** Failed log-ins of one email without throttling. */
const FREE_ATTEMPTS = 8

const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((one, other) => one - other)
  return ((sorted[(sorted.length - 1) >> 1] ?? 0) + (sorted[sorted.length >> 1] ?? 0)) / 2
}

interface Sides {
  readonly known: string
  readonly unknown: string
}
type SendRequest = (app: FastifyInstance, email: string) => Promise<{ status: number, body: any }>

/**
 * Measures both sides alternately. The requests of a pair follow each other, so that other load affects both alike.
 * @returns times of known emails divided by those of unknown ones, one ratio for each pair
 */
async function compare (app: FastifyInstance, send: SendRequest, sides: readonly Sides[]): Promise<number[]> {
  const ratios: number[] = []
  for (let i = 0; i < PAIRS; i++) {
    const pair = sides[i % sides.length]!
    const times = { known: 0, unknown: 0 }
    for (const side of i % 2 === 0 ? ['known', 'unknown'] as const : ['unknown', 'known'] as const) {
      const started = performance.now()
      await send(app, pair[side])
      times[side] = performance.now() - started
      // Emails are sent after the response and must not delay the next request.
      await containerOf(app).background.onIdle()
    }
    ratios.push(times.known / times.unknown)
  }
  return ratios
}

async function expectIndistinguishable (
  t: Test,
  app: FastifyInstance,
  what: string,
  send: SendRequest,
  makeSides: () => Promise<Sides[]>,
): Promise<void> {
  const ratios: number[] = []
  let ratio = Infinity
  let measurements = 0
  while (Math.abs(ratio - 1) > MAX_DIFFERENCE && measurements++ < MAX_MEASUREMENTS) {
    ratios.push(...await compare(app, send, await makeSides()))
    ratio = median(ratios)
  }
  const [first] = await makeSides()
  const known = await send(app, first!.known)
  const unknown = await send(app, first!.unknown)
  t.equal(known.status, unknown.status, `${what}: the same status`)
  t.strictSame({ ...known.body, requestId: '' }, { ...unknown.body, requestId: '' }, 'and body')
  t.ok(Math.abs(ratio - 1) <= MAX_DIFFERENCE, `${what}: ${ratio.toFixed(3)}`)
  t.comment(`${what}: median known / unknown = ${ratio.toFixed(3)} of ${ratios.length} pairs of requests`)
}

t.test('known and unknown emails cannot be distinguished', { timeout: 360_000 }, async (t) => {
  // Hashing at the production cost would take minutes. A lower cost makes other differences more visible.
  const { app } = await startApp(t, { BCRYPT_COST: '8' })
  let count = 0
  const makeSides = async (): Promise<Sides[]> => {
    const sides: Sides[] = []
    for (let i = 0; i < Math.ceil(PAIRS / FREE_ATTEMPTS); i++) {
      count++
      sides.push({ known: (await signUp(app)).email, unknown: `unknown-${String(count).padStart(3, '0')}@example.com` })
    }
    return sides
  }
  await expectIndistinguishable(
    t,
    app,
    'log-in',
    async (app, email) => await call(app, 'POST', '/v1/auth/login', { body: { email, password: `not ${PASSWORD}` } }),
    makeSides,
  )
  await expectIndistinguishable(
    t,
    app,
    'password reset',
    async (app, email) => await call(app, 'POST', '/v1/auth/password/forgot', { body: { email } }),
    makeSides,
  )
})
