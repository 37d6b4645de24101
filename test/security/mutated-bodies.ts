// Mutates valid request bodies. The same seed produces the same mutants.
import { call, type TestResponse } from '../support/requests.js'
import { bodyOf, operations, urlOf, type Operation, type World } from './operations.js'

const HOSTILE_VALUES: readonly unknown[] = [
  null,
  true,
  false,
  0,
  -1,
  1.5,
  1e308,
  -1e308,
  Number.MAX_SAFE_INTEGER + 1,
  '',
  ' ',
  '\0',
  'x'.repeat(5_000),
  '\u{1f600}',
  '\ud800',
  '\u202e',
  'null',
  '665f1c2e9b1e8a0012ab34cd',
  '9999-12-31T23:59:59Z',
  '2016-12-31T23:59:60Z',
  '0000-01-01T00:00:00Z',
  'a@b',
  '%00',
  '../..',
  [],
  {},
  [[]],
  [null],
  { a: { b: { c: 1 } } },
  Array(600).fill('x'),
  { length: 1 },
  { $gt: '' },
  { toString: 1 },
  '<script>',
  "' OR 1=1",
  '{{7*7}}',
]
/** Invalid JSON, and JSON that breaks parsers. */
const RAW_BODIES: readonly string[] = [
  '',
  '{',
  '[',
  '"',
  'nul',
  '{"a":1,}',
  "{'a':1}",
  '{"a":NaN}',
  '{"a":1e999}',
  '[1,2',
  '\ufeff{}',
  '{"a":"\u0001"}',
  '{"__proto__":1}',
  '['.repeat(5_000),
  '{"a":'.repeat(2_000),
  '1',
  'null',
  '"x"',
  '{}{}',
]
const CONTENT_TYPES = [
  'application/json',
  'application/json; charset=utf-16',
  'text/plain',
  'application/xml',
  'multipart/form-data',
  'multipart/form-data; boundary=x',
  'application/x-www-form-urlencoded',
  'application/octet-stream',
  'video/mp4',
  'text/csv',
  'nonsense',
]

/** The mulberry32 generator: the same numbers on every platform. */
export function createRandom (seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

export interface Mutant {
  readonly operation: Operation
  readonly payload: unknown
  readonly type: string
}

export function makeMutant (random: () => number): Mutant {
  const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)]!
  const operation = pick(OPERATIONS_WITH_BODY)
  const isRaw = random() < 0.15
  const type = random() < 0.1 ? pick(CONTENT_TYPES) : 'application/json'
  if (isRaw) return { operation, payload: pick(RAW_BODIES), type }
  const body = structuredClone(bodyOf(operation) ?? {}) as Record<string, unknown>
  for (const name of Object.keys(operation.bodySchema?.properties ?? {})) {
    if (random() < 0.2) body[name] = structuredClone(pick(HOSTILE_VALUES))
  }
  for (let remaining = 1 + Math.floor(random() * 3); remaining > 0; remaining--) mutate(body, random, pick)
  return { operation, payload: random() < 0.05 ? pick(HOSTILE_VALUES) : body, type }
}

/** Operations with a body, except those that would end the session of the caller. */
const OPERATIONS_WITH_BODY = operations.filter(({ method, path }) =>
  ['POST', 'PUT', 'PATCH'].includes(method) && !path.includes('logout')
)

function mutate (body: Record<string, unknown>, random: () => number, pick: <T>(values: readonly T[]) => T): void {
  const names = Object.keys(body)
  const name = names.length > 0 && random() < 0.8 ? pick(names) : `x${Math.floor(random() * 100)}`
  const value = body[name]
  if (typeof value === 'object' && value !== null && random() < 0.6) {
    mutate(
      (Array.isArray(value) && typeof value[0] === 'object' && value[0] !== null ? value[0] : value) as Record<
        string,
        unknown
      >,
      random,
      pick,
    )
  } else if (random() < 0.15) delete body[name]
  else body[name] = structuredClone(pick(HOSTILE_VALUES))
}

export interface Outcome {
  readonly sent: number
  readonly byStatus: Readonly<Record<string, number>>
  readonly wrong: readonly string[]
}

/** Sends mutants and collects the wrong responses. */
export async function sendMutants (world: World, count: number, seed: number): Promise<Outcome> {
  const random = createRandom(seed)
  const byStatus: Record<string, number> = {}
  const wrong: string[] = []
  for (let i = 0; i < count; i++) {
    const { operation, payload, type } = makeMutant(random)
    const token = random() < 0.8 && operation.path.startsWith('/v1/admin') ? world.admin.token : world.owner.token
    const body = typeof payload === 'string' ? payload : JSON.stringify(payload)
    const response = await call(world.app, operation.method, await urlOf(world, operation), {
      token,
      body,
      headers: { 'content-type': type },
    })
    byStatus[response.status] = (byStatus[response.status] ?? 0) + 1
    const isOAuth = type.startsWith('application/x-www-form-urlencoded') && OAUTH_PATHS.has(operation.path)
    if (!isExpected(response, isOAuth ? 'application/json' : 'application/problem+json')) {
      wrong.push(`${operation.name} with ${type}: ${response.status} for ${body.slice(0, 300)}`)
    }
  }
  return { sent: count, byStatus, wrong }
}

/** Operations of OAuth 2.0, whose problems have another type in response to a form. */
const OAUTH_PATHS = new Set(['/v1/auth/device', '/v1/auth/token'])

function isExpected ({ status, headers }: TestResponse, problemType: string): boolean {
  return status < 400 || (status < 500 && String(headers['content-type']).startsWith(problemType))
}
