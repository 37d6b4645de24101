// Every operation of the OpenAPI document with an API token of each scope, and of an owner with each role.
import t from 'tap'
import { createToken, SCOPES, signUpStaff } from '../support/api-tokens.js'
import { startApp } from '../support/app.js'
import { createWorld, operations, send, type Operation } from './operations.js'

const guarded = operations.filter(({ isPublic }) => !isPublic)
/** Tokens never manage accounts, sessions, tokens and the audit log, and watch nothing. */
const NEVER =
  /^\/v1\/(?:account|auth|profiles|admin\/(?:accounts|audit|previews|streams|tokens|service-accounts|webhooks))\b/
const isCode = ({ method }: Operation, body: any, code: string): boolean => method === 'HEAD' || body?.code === code

t.test('an API token opens the operations of its scope, and no others', async (t) => {
  const started = await startApp(t)
  const world = await createWorld(started)
  const editor = await signUpStaff(started.app, 'editor')
  const { body: service } = await world.admin.post('/v1/admin/service-accounts', { name: 'matrix', role: 'editor' })

  await t.test('each operation of the catalogue, media and statistics has a scope', async (t) => {
    const withScope = guarded.filter(({ requiredScope }) => requiredScope !== null)
    t.strictSame([...new Set(withScope.map(({ requiredScope }) => requiredScope))].sort(), [...SCOPES].sort())
    t.strictSame(withScope.filter(({ path }) => NEVER.test(path)).map(({ name }) => name), [])
    const without = guarded.filter(({ requiredScope, path }) => requiredScope === null && !NEVER.test(path))
    t.strictSame(without.map(({ name }) => name), [])
  })

  for (const scope of SCOPES) {
    const tokens = [
      ['an administrator', (await createToken(world.admin, [scope])).text],
      ['an editor', (await createToken(editor, [scope])).text],
      ['a service account', (await createToken(world.admin, [scope], { serviceAccountId: service.id })).text],
    ] as const
    for (const [owner, token] of tokens) {
      await t.test(`${scope} of ${owner}`, async (t) => {
        let allowed = 0
        for (const operation of guarded) {
          const { status, body } = await send(world, operation, token)
          const { name, requiredScope } = operation
          if (requiredScope === scope) {
            allowed++
            if (status === 401 || status === 403 || status >= 500) t.fail(`${name}: status ${status} ${body?.code}`)
          } else {
            const code = requiredScope === null ? 'token-not-accepted' : 'insufficient-scope'
            if (status !== 403 || !isCode(operation, body, code)) t.fail(`${name}: status ${status} ${body?.code}`)
          }
        }
        t.ok(allowed > 5, `${allowed} of ${guarded.length} operations`)
      })
    }
  }

  await t.test('a token has the rights that the role of its owner has now', async (t) => {
    const roleUrl = `/v1/admin/accounts/${editor.accountId}/role`
    const token = (await createToken(editor, SCOPES)).text
    const allowedFor = async (): Promise<Set<string>> => {
      const allowed = new Set<string>()
      for (const operation of guarded.filter(({ requiredScope }) => requiredScope !== null)) {
        const { status, body } = await send(world, operation, token)
        if (status !== 403) allowed.add(operation.name)
        else if (!isCode(operation, body, 'forbidden')) t.fail(`${operation.name}: ${body?.code}`)
      }
      return allowed
    }
    t.equal((await world.admin.put(roleUrl, { role: 'support' })).status, 200)
    const forSupport = await allowedFor()
    t.ok(forSupport.has('GET /v1/admin/titles') && forSupport.has('GET /v1/admin/statistics/days'))
    t.notOk(forSupport.has('POST /v1/admin/movies') || forSupport.has('GET /v1/admin/uploads'))
    t.equal((await world.admin.put(roleUrl, { role: 'member' })).status, 200)
    t.strictSame([...await allowedFor()].filter((name) => name.includes('/admin/')), [])
  })
})
