// What each role may do under /v1/admin, on every operation of the OpenAPI document.
import t from 'tap'
import { Account } from '../../models/account.js'
import { startApp } from '../support/app.js'
import { call, expectProblem } from '../support/requests.js'
import { logInAgain, signUp, signUpAdmin, type TestUser } from '../support/users.js'
import { operations } from '../security/operations.js'

type StaffRole = 'support' | 'editor' | 'admin'

/** Stated here independently of the routes. */
function allowedRoles (method: string, path: string): readonly StaffRole[] {
  if (/^\/v1\/admin\/(audit|service-accounts|webhooks)\b/.test(path)) return ['admin']
  if (path.endsWith('/role')) return ['admin']
  if (path.startsWith('/v1/admin/accounts')) return ['support', 'admin']
  if (path.startsWith('/v1/admin/statistics') || path === '/v1/admin/streams') return ['support', 'editor', 'admin']
  const lists = ['/v1/admin/titles', '/v1/admin/media', '/v1/admin/jobs', '/v1/admin/encoder']
  if (method === 'GET' && lists.includes(path)) return ['support', 'editor', 'admin']
  if (method === 'GET' && path.startsWith('/v1/admin/collections')) return ['support', 'editor', 'admin']
  if (method === 'GET' && path.startsWith('/v1/admin/encoding-jobs')) return ['support', 'editor', 'admin']
  if (method === 'GET' && /\/marker-detections?$/.test(path)) return ['support', 'editor', 'admin']
  if (method === 'GET' && path.endsWith('/subtitles')) return ['support', 'editor', 'admin']
  return ['editor', 'admin']
}

t.test('roles', async (t) => {
  const { app } = await startApp(t, { BCRYPT_COST: '4' })
  const admin = await signUpAdmin(app)
  const kim = await signUp(app)
  const target = await signUp(app)

  async function signUpWithRole (role: StaffRole): Promise<TestUser> {
    const user = await signUp(app)
    t.equal((await admin.put(`/v1/admin/accounts/${user.accountId}/role`, { role })).body.role, role)
    return await logInAgain(app, user)
  }
  const users = { support: await signUpWithRole('support'), editor: await signUpWithRole('editor'), admin }
  const administration = operations.filter(({ path }) => path.startsWith('/v1/admin/'))

  t.test('each may use the operations of its area only', async (t) => {
    t.ok(administration.length > 40)
    for (const { method, path, name } of administration) {
      const url = path.replace(/\{\w*(number|season|episode)\w*\}/gi, '1').replace(/\{\w+\}/g, target.accountId)
      for (const [role, user] of Object.entries(users)) {
        const { status } = await call(app, method, url, { token: user.token })
        const isAllowed = allowedRoles(method, path).includes(role as StaffRole)
        t.equal(status === 403, !isAllowed, `${role}: ${name} is ${status}`)
        t.not(status, 401, name)
        t.ok(status < 500, name)
      }
      t.equal((await call(app, method, url, { token: kim.token })).status, 403, `member: ${name}`)
    }
  })

  t.test('support changes members only', async (t) => {
    const lee = await signUp(app)
    const accounts = '/v1/admin/accounts'
    t.equal((await users.support.put(`${accounts}/${lee.accountId}/plan`, { plan: 'basic' })).body.plan, 'basic')
    t.equal((await users.support.put(`${accounts}/${lee.accountId}/disabled`)).status, 200)
    t.equal((await users.support.delete(`${accounts}/${lee.accountId}/disabled`)).status, 200)
    for (const { accountId } of [users.admin, users.editor, users.support]) {
      const account = `${accounts}/${accountId}`
      expectProblem(t, await users.support.put(`${account}/plan`, { plan: 'basic' }), 'forbidden', 403)
      expectProblem(t, await users.support.put(`${account}/disabled`), 'forbidden', 403)
      expectProblem(t, await users.support.delete(`${account}/sessions`), 'forbidden', 403)
    }
  })

  t.test('a new role ends the sessions of the former one', async (t) => {
    const { accountId } = users.editor
    t.equal((await admin.put(`/v1/admin/accounts/${accountId}/role`, { role: 'support' })).status, 200)
    t.equal((await users.editor.get('/v1/account')).status, 401)
    t.equal((await Account.findById(accountId).lean())?.role, 'support')
  })
})
