// A rejection that the service decides is one warning without a stack; a defect is an error with one.
import t from 'tap'
import { unavailable } from '../../src/errors.js'
import { containerOf, openApp, startApp } from '../support/app.js'
import { captureLog } from '../support/log.js'
import { call, expectProblem } from '../support/requests.js'
import { PASSWORD, signUp } from '../support/users.js'

t.test('logs of failed requests', async (t) => {
  const { logTo, lines, clear } = captureLog()
  const { config, databaseUri } = await startApp(t)
  const app = await openApp({ ...config, logLevel: 'warn' }, databaseUri, { logTo })
  t.teardown(async () => {
    await app.close()
  })
  const kim = await signUp(app)
  const { hasher } = containerOf(app)
  const logIn = async () =>
    await call(app, 'POST', '/v1/auth/login', { body: { email: kim.email, password: PASSWORD } })
  clear()

  hasher.verify = async () => {
    throw unavailable('busy', 'Too many log-ins are in progress. Retry in a moment.', 2)
  }
  expectProblem(t, await logIn(), 'busy', 503)
  t.equal(lines().length, 1)
  t.match(lines()[0], { level: 40, code: 'busy', msg: 'request rejected' })
  t.notMatch(JSON.stringify(lines()), /stack/)
  clear()

  hasher.verify = async () => {
    throw new Error('unexpected')
  }
  expectProblem(t, await logIn(), 'internal-error', 500)
  t.match(lines(), [{ level: 50, err: { message: 'unexpected', stack: String } }])
})
