// Requests of an account that is closed, or changed in another way, at the same time.
import t from 'tap'
import { findAccount } from '../../models/account.js'
import { changeCredentials } from '../../src/accounts/credentials.js'
import { closeAccount } from '../../src/accounts/erase-account.js'
import { changeOwnPassword } from '../../src/accounts/passwords.js'
import { containerOf, startApp } from '../support/app.js'
import { call, expectProblem } from '../support/requests.js'
import { PASSWORD, signUp } from '../support/users.js'

const NEW_PASSWORD = 'four blind mice ran'

t.test('with the right password, requests beside the closing of an account never report a wrong one', async (t) => {
  const { app } = await startApp(t)
  const logIn = async (email: string) =>
    await call(app, 'POST', '/v1/auth/login', { body: { email, password: PASSWORD } })

  await t.test('two requests to close and a log-in at once', async (t) => {
    for (let round = 0; round < 5; round++) {
      const kim = await signUp(app)
      const close = async () =>
        await call(app, 'DELETE', '/v1/account', { token: kim.token, body: { password: PASSWORD } })
      const [first, second, login] = await Promise.all([close(), close(), logIn(kim.email)])
      for (const response of [first, second]) {
        if (response.status !== 204) expectProblem(t, response, 'unauthorized', 401)
      }
      t.ok([first, second].some(({ status }) => status === 204))
      if (login.status !== 200) expectProblem(t, login, 'busy', 503)
      t.equal((await logIn(kim.email)).status, 200, 'a later log-in reopens the account')
    }
  })

  await t.test('a request that confirmed the password before the account was closed is not logged in', async (t) => {
    const deps = containerOf(app)
    const kim = await signUp(app)
    const before = (await findAccount(kim.accountId))!
    await closeAccount(deps, before)
    await t.rejects(closeAccount(deps, before), { status: 401, code: 'unauthorized' })
    await t.rejects(changeOwnPassword(deps, before, NEW_PASSWORD, before._id.toString()), { code: 'unauthorized' })
  })

  await t.test('a new email in between does not prevent the closing, a new password does', async (t) => {
    const deps = containerOf(app)
    const kim = await signUp(app)
    const before = (await findAccount(kim.accountId))!
    t.ok(await changeCredentials(deps, before, { email: `new-${kim.email}` }))
    await closeAccount(deps, before)
    t.ok((await findAccount(kim.accountId))?.eraseAt)
    const lee = await signUp(app)
    const confirmed = (await findAccount(lee.accountId))!
    await lee.put('/v1/account/password', { currentPassword: PASSWORD, newPassword: NEW_PASSWORD })
    await t.rejects(closeAccount(deps, confirmed), { status: 403, code: 'wrong-password' })
    t.equal((await findAccount(lee.accountId))?.eraseAt, null)
  })
})
