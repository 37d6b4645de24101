// Mass assignment and operator injection: hostile values for every field, query parameter and path parameter.
import t from 'tap'
import { Account } from '../../models/account.js'
import { startApp } from '../support/app.js'
import { call, type TestResponse } from '../support/requests.js'
import {
  bodyOf,
  createWorld,
  headersOf,
  operations,
  resolve,
  sample,
  urlOf,
  type Operation,
  type Schema,
} from './operations.js'

const OPERATORS: readonly unknown[] = [
  { $gt: '' },
  { $ne: null },
  { $where: 'sleep(5000)' },
  { $regex: '.*' },
  { $in: [] },
  [{ $ne: 1 }],
  { toString: 'x' },
]
const EXTRA_FIELDS: Readonly<Record<string, unknown>> = {
  role: 'admin',
  _id: '665f1c2e9b1e8a0012ab34cd',
  __v: 1,
  passwordHash: 'x',
  limits: { streams: 99 },
  plan: 'premium',
  $set: { role: 'admin' },
  $where: '1',
  'profiles.0.pinHash': null,
  accountId: '665f1c2e9b1e8a0012ab34cd',
}
const POLLUTING_BODIES = [
  '{"__proto__":{"role":"admin"}}',
  '{"constructor":{"prototype":{"role":"admin"}}}',
  '{"a":{"__proto__":{"role":"admin"}}}',
]
const REJECTED_STATUSES = [400, 401, 403, 404, 409, 415]

/** An import reports rejected records with status 200. */
function importedNothing ({ status, body }: TestResponse): boolean {
  return status === 200 && body?.refusedCount > 0 && body.created + body.updated + body.unchanged === 0
}

/** A progress batch rejects each invalid event for itself. */
function recordedNothing ({ status, body }: TestResponse): boolean {
  const results: Array<{ status?: number }> = Object.values(body ?? {}).flat() as never
  return status === 200 && results.length > 0 && results.every((result) => (result?.status ?? 0) >= 400)
}

interface Shape {
  readonly valid: Record<string, unknown>
  readonly properties: Readonly<Record<string, Schema>>
  wrap(body: object): unknown
}

/** The shape of a body, or each kind of item in a list. */
function bodyShapes (operation: Operation): Shape[] {
  const schema = resolve(operation.bodySchema ?? {})
  if (schema.type !== 'array') {
    return [{
      valid: bodyOf(operation) as Record<string, unknown>,
      properties: schema.properties ?? {},
      wrap: (body) => body,
    }]
  }
  return (resolve(schema.items ?? {}).oneOf ?? [schema.items ?? {}]).map((item) => ({
    valid: sample(operation.name, item) as Record<string, unknown>,
    properties: resolve(item).properties ?? {},
    wrap: (body) => [body],
  }))
}

t.test('mass assignment and operator injection are rejected', async (t) => {
  const world = await createWorld(await startApp(t))
  const { app, owner, admin } = world
  const stored = async (): Promise<unknown> =>
    JSON.parse(
      JSON.stringify(
        await Promise.all(
          [owner, admin].map(async ({ accountId }) =>
            await Account.findById(accountId, { streams: 0, updatedAt: 0 }).lean()
          ),
        ),
      ),
    )
  const before = await stored()
  let cases = 0
  const tokenOf = ({ path }: Operation): string => path.startsWith('/v1/admin') ? admin.token : owner.token

  async function expectRejected (operation: Operation, what: string, url: string, body?: unknown): Promise<void> {
    cases++
    const isText = typeof body === 'string'
    const answer = await call(app, operation.method, url, {
      token: tokenOf(operation),
      ...(body === undefined ? {} : { body }),
      headers: { ...headersOf(operation), ...(isText ? { 'content-type': 'application/json' } : {}) },
    })
    const isRight = REJECTED_STATUSES.includes(answer.status) &&
      String(answer.headers['content-type']).startsWith('application/problem+json')
    if (!isRight && !importedNothing(answer) && !recordedNothing(answer)) {
      t.fail(`${operation.name}: ${what}: status ${answer.status}`)
    }
  }

  await t.test('in bodies', async (t) => {
    for (const operation of operations.filter(({ bodySchema }) => bodySchema !== null)) {
      const url = await urlOf(world, operation)
      for (const { valid, properties, wrap } of bodyShapes(operation)) {
        for (const name of Object.keys(properties)) {
          for (const operator of OPERATORS) {
            await expectRejected(
              operation,
              `${name} = ${JSON.stringify(operator)}`,
              url,
              wrap({ ...valid, [name]: operator }),
            )
          }
        }
        for (const [name, value] of Object.entries(EXTRA_FIELDS)) {
          if (!(name in properties)) {
            await expectRejected(operation, `an extra field ${name}`, url, wrap({ ...valid, [name]: value }))
          }
        }
      }
      for (const text of POLLUTING_BODIES) await expectRejected(operation, text, url, text)
      for (const operator of OPERATORS) {
        await expectRejected(operation, `the body ${JSON.stringify(operator)}`, url, operator)
      }
    }
    t.equal(({} as Record<string, unknown>)['role'], undefined, 'no prototype has changed')
  })

  await t.test('in queries', async () => {
    for (const operation of operations.filter(({ method }) => method === 'GET')) {
      const base = await urlOf(world, operation)
      const join = base.includes('?') ? '&' : '?'
      for (
        const { name, schema } of operation.parameters.filter((parameter) =>
          parameter.in === 'query' && parameter.name !== 'token'
        )
      ) {
        await expectRejected(operation, `${name}[$ne]`, `${base}${join}${name}[$ne]=x`)
        await expectRejected(operation, `${name}[$gt] encoded`, `${base}${join}${name}%5B%24gt%5D=`)
        // Free text may have this value; it is compared as text and matches nothing.
        const isFreeText = schema.type === 'string' &&
          (schema.pattern === undefined || new RegExp(schema.pattern).test('{"$gt":""}')) &&
          schema.enum === undefined && schema.format === undefined
        if (!isFreeText) {
          await expectRejected(operation, `${name} = {"$gt":""}`, `${base}${join}${name}=%7B%22$gt%22:%22%22%7D`)
        }
      }
      if (operation.parameters.some((parameter) => parameter.in === 'query' && parameter.name !== 'token')) {
        const isDeclared = (name: string): boolean => operation.parameters.some((parameter) => parameter.name === name)
        for (
          const name of ['__proto__[role]', 'constructor[prototype][role]', '$where', 'role'].filter((one) =>
            !isDeclared(one)
          )
        ) await expectRejected(operation, name, `${base}${join}${name}=admin`)
      }
    }
  })

  await t.test('in paths', async () => {
    for (const operation of operations.filter(({ pathParameters }) => pathParameters.length > 0)) {
      for (const name of operation.pathParameters) {
        for (const value of ['%7B%22$gt%22:%22%22%7D', '[$ne]', '$where', '__proto__', 'constructor']) {
          await expectRejected(
            operation,
            `${name} = ${value}`,
            await urlOf(world, operation, { [name]: value }),
            operation.bodySchema === null ? undefined : bodyOf(operation),
          )
        }
      }
    }
  })

  await t.test('in log-ins', async () => {
    for (const operator of OPERATORS) {
      const logIn = operations.find(({ name }) => name === 'POST /v1/auth/login')!
      await expectRejected(logIn, 'an operator for the password', logIn.path, {
        email: owner.email,
        password: operator,
      })
      await expectRejected(logIn, 'an operator for the email', logIn.path, {
        email: operator,
        password: 'three blind mice ran',
      })
    }
  })

  t.ok(cases >= 200)
  t.strictSame(await stored(), before, 'the stored accounts are unchanged')
  t.comment(`injection: ${cases} cases, 0 accepted`)
})
