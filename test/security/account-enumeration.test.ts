// Known and unknown addresses look alike: the same bodies, and medians of times within 5% over interleaved requests.
import t, { type Test } from 'tap'
import type { FastifyInstance } from 'fastify'
import { call, PASSWORD, signUp, startApp, containerOf } from '../helper.js'

const PAIRS = 150
const MAX_DIFFERENCE = 0.05
/** A neighbour on the machine may fall on one side of a measurement: a real difference would be there each time. */
const TRIES = 4
/** Wrong passwords that are free for an address. */
const FREE_TRIES = 8

const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((one, other) => one - other)
  return ((sorted[(sorted.length - 1) >> 1] ?? 0) + (sorted[sorted.length >> 1] ?? 0)) / 2
}

interface Sides {
  readonly known: string
  readonly unknown: string
}
type Ask = (app: FastifyInstance, email: string) => Promise<{ status: number, body: any }>

/** Times both sides in turn, each first every other time. @returns known over unknown */
async function compare (app: FastifyInstance, ask: Ask, sides: readonly Sides[]): Promise<number> {
  const times = { known: [] as number[], unknown: [] as number[] }
  for (let i = 0; i < PAIRS; i++) {
    const pair = sides[i % sides.length]!
    for (const side of i % 2 === 0 ? ['known', 'unknown'] as const : ['unknown', 'known'] as const) {
      const started = performance.now()
      await ask(app, pair[side])
      times[side].push(performance.now() - started)
      // Mails are sent after the answer: one must not hold up the next, whoever it is for.
      await containerOf(app).background.onIdle()
    }
  }
  return median(times.known) / median(times.unknown)
}

async function expectAlike (
  t: Test,
  app: FastifyInstance,
  what: string,
  ask: Ask,
  makeSides: () => Promise<Sides[]>,
): Promise<void> {
  let ratio = Infinity
  let tries = 0
  while (Math.abs(ratio - 1) > MAX_DIFFERENCE && tries++ < TRIES) ratio = await compare(app, ask, await makeSides())
  const [first] = await makeSides()
  const known = await ask(app, first!.known)
  const unknown = await ask(app, first!.unknown)
  t.equal(known.status, unknown.status, `${what}: the same status`)
  t.strictSame({ ...known.body, requestId: '' }, { ...unknown.body, requestId: '' }, 'and body')
  t.ok(Math.abs(ratio - 1) <= MAX_DIFFERENCE, `${what}: ${ratio.toFixed(3)}`)
  t.comment(
    `known and unknown addresses look alike: ${what}, ${2 * PAIRS} interleaved requests, median known / unknown = ${
      ratio.toFixed(3)
    } in try ${tries}`,
  )
}

t.test('known and unknown addresses look alike', { timeout: 240_000 }, async (t) => {
  // The cost of production would take minutes; what differs besides the hash weighs more with a lower one.
  const { app } = await startApp(t, { BCRYPT_COST: '8' })
  let made = 0
  const makeSides = async (): Promise<Sides[]> => {
    const sides: Sides[] = []
    for (let i = 0; i < Math.ceil(PAIRS / FREE_TRIES); i++) {
      made++
      sides.push({ known: (await signUp(app)).email, unknown: `nobody-${String(made).padStart(3, '0')}@example.com` })
    }
    return sides
  }
  await expectAlike(
    t,
    app,
    'log-in',
    async (app, email) => await call(app, 'POST', '/v1/auth/login', { body: { email, password: `not ${PASSWORD}` } }),
    makeSides,
  )
  await expectAlike(
    t,
    app,
    'forgotten password',
    async (app, email) => await call(app, 'POST', '/v1/auth/password/forgot', { body: { email } }),
    makeSides,
  )
})
