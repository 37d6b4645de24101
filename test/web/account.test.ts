// A new subscriber: sign-up, confirmation, profiles, plan, credentials, devices and the end of the account.
import { containerOf } from '../support/app.js'
import { startMailServer, type TestMailServer } from '../support/mail-server.js'
import { call } from '../support/requests.js'
import { signUp } from '../support/users.js'
import { chooseProfile, fillLogIn, panelOf, scriptErrors, testWatchApp } from './watch-app.js'

const EMAIL = 'ada@example.com'
const PASSWORD = 'correct horse battery'
const NEW_PASSWORD = 'another horse battery'
let mails: TestMailServer | null = null

testWatchApp('a subscriber manages the account', async (t, { app, origin, open }) => {
  const other = await signUp(app)
  const { page, errors } = await open()
  const readToken = async (address: string): Promise<string> => {
    await containerOf(app).background.onIdle()
    const mail = mails?.received.findLast(({ to }) => JSON.stringify(to).includes(`"${address}"`))
    return /token=([\w-]+)/.exec(mail?.text ?? '')?.[1] ?? ''
  }
  /** Opens a session of another device. */
  const openSession = async (password: string): Promise<string> => {
    const { status, body } = await call(app, 'POST', '/v1/auth/login', { body: { email: EMAIL, password } })
    t.equal(status, 200)
    return body.accessToken
  }
  const goTo = async (path: string): Promise<void> => {
    await page.goto(`${origin}/watch${path}`)
  }

  await t.test('sign-up shows errors at their fields', async (t) => {
    await goTo('/sign-up')
    await page.getByRole('radio', { name: /Standard/ }).check()
    await page.getByLabel('Your name').fill('Ada')
    await page.getByLabel('Email').fill(other.email)
    await page.getByLabel('Password', { exact: true }).fill('password1234')
    await page.getByRole('button', { name: 'Sign up' }).click()
    await page.getByText('This password is too common. Choose another one.').waitFor()
    t.equal(await page.getByLabel('Password', { exact: true }).getAttribute('aria-invalid'), 'true')
    await page.getByLabel('Password', { exact: true }).fill(PASSWORD)
    await page.getByText('Strong').waitFor()
    await page.getByRole('button', { name: 'Sign up' }).click()
    await page.getByText('This email already has an account.').waitFor()
    t.equal(await page.getByLabel('Email').getAttribute('aria-invalid'), 'true')
    await page.getByLabel('Email').fill(EMAIL)
    await page.getByRole('button', { name: 'Sign up' }).click()
    await chooseProfile(page, /Ada/)
  })

  await t.test('the app asks to confirm the email until another tab opened the link', async () => {
    const notice = page.getByRole('region', { name: 'Confirm your email address' })
    await notice.getByRole('button', { name: 'Send the link again' }).click()
    await notice.getByText('We sent another link').waitFor()
    const tab = await page.context().newPage()
    await tab.goto(`${origin}/confirm-email?token=${await readToken(EMAIL)}`)
    await tab.getByRole('heading', { name: 'Email address confirmed' }).waitFor()
    await notice.waitFor({ state: 'detached' })
    await tab.close()
  })

  await t.test('profiles are added and changed, as many as the plan includes', async (t) => {
    await goTo('/account/profiles')
    for (const [name, isKids] of [['Bo', false], ['Mini', true]] as const) {
      await page.getByRole('link', { name: 'Add profile' }).click()
      await page.getByLabel('Name', { exact: true }).fill('ada')
      await page.getByRole('radio', { name: 'Rocket' }).check()
      if (isKids) await page.getByRole('checkbox', { name: 'Kids profile' }).check()
      await page.getByLabel('Audio languages').first().selectOption('es')
      await page.getByRole('button', { name: 'Add profile' }).click()
      await page.getByText('Another profile has this name.').waitFor()
      await page.getByLabel('Name', { exact: true }).fill(name)
      await page.getByRole('button', { name: 'Add profile' }).click()
      await page.getByRole('link', { name: `Edit ${name}` }).waitFor()
    }
    await page.getByText('The plan Standard includes 3 profiles.').waitFor()
    await page.getByRole('link', { name: 'Edit Bo' }).click()
    await page.getByLabel('Maturity limit').selectOption('13')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByRole('link', { name: 'Edit Bo' }).getByText('Titles up to age 13').waitFor()
    const { body } = await call(app, 'GET', '/v1/profiles', { token: await openSession(PASSWORD) })
    t.match(body.items, [
      { name: 'Ada' },
      { name: 'Bo', avatar: 'rocket', audioLanguages: ['es'], maxMaturityAge: 13 },
      { name: 'Mini', kids: true },
    ])
  })

  await t.test('a kids profile is left with the PIN of a grown-up', async (t) => {
    await page.getByRole('link', { name: 'Edit Ada' }).click()
    await page.getByRole('button', { name: 'Set PIN' }).click()
    await page.getByLabel('New PIN').fill('2468')
    await page.getByLabel('Repeat the PIN').fill('2467')
    await page.getByRole('button', { name: 'Save' }).last().click()
    await page.getByText('The PINs differ.').waitFor()
    await page.getByLabel('Repeat the PIN').fill('2468')
    await page.getByRole('button', { name: 'Save' }).last().click()
    await page.getByText('Ada has a new PIN.').waitFor()
    await page.getByRole('button', { name: 'Change PIN' }).click()
    await page.getByLabel('Current PIN').fill('1111')
    await page.getByLabel('New PIN').fill('1357')
    await page.getByLabel('Repeat the PIN').fill('1357')
    await page.getByRole('button', { name: 'Save' }).last().click()
    await page.getByText('Wrong PIN.').waitFor()
    await page.getByLabel('Current PIN').fill('2468')
    await page.getByRole('button', { name: 'Save' }).last().click()
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    await page.getByRole('button', { name: 'Remove PIN' }).click()
    await page.getByRole('button', { name: 'Use the password of the account' }).click()
    await page.getByLabel('Password of the account').fill(PASSWORD)
    await page.getByRole('dialog').getByRole('button', { name: 'Remove PIN' }).click()
    await page.getByText('Ada has no PIN now.').waitFor()
    await page.getByRole('button', { name: 'Set PIN' }).click()
    await page.getByLabel('New PIN').fill('2468')
    await page.getByLabel('Repeat the PIN').fill('2468')
    await page.getByRole('button', { name: 'Save' }).last().click()
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    await goTo('/profiles')
    await chooseProfile(page, /Mini/)
    await page.getByRole('button', { name: 'Profile menu' }).waitFor()
    await goTo('/account')
    await page.getByRole('heading', { name: 'Leave the kids profile?' }).waitFor()
    await page.getByLabel('PIN').fill('1111')
    await page.getByRole('button', { name: 'Continue' }).click()
    await page.getByText('Wrong PIN.').waitFor()
    await page.getByLabel('PIN').fill('2468')
    await page.getByRole('button', { name: 'Continue' }).click()
    await page.getByRole('heading', { level: 1, name: 'Account' }).waitFor()
    t.equal(new URL(page.url()).pathname, '/watch/account')
  })

  await t.test('a smaller plan asks which profile stays, a larger one unlocks the others', async (t) => {
    await panelOf(page, 'Plan').getByRole('link', { name: 'Change plan' }).click()
    await page.getByRole('radio', { name: /Basic/ }).check()
    const preview = page.getByRole('region', { name: 'What changes with Basic' })
    await preview.getByText('Choose the profile that stays').waitFor()
    await preview.getByRole('checkbox', { name: /Bo/ }).check()
    await preview.getByRole('button', { name: 'Change to Basic' }).click()
    await page.getByText('Your plan is now Basic.').waitFor()
    await goTo('/account/profiles')
    await page.getByText('Not included in your plan').nth(1).waitFor()
    t.equal(await page.getByText('Not included in your plan').count(), 2)
    await goTo('/account/plan')
    await page.getByRole('radio', { name: /Premium/ }).check()
    await page.getByText('Usable again: Ada and Mini').waitFor()
    await page.getByRole('button', { name: 'Change to Premium' }).click()
    await panelOf(page, 'Plan').getByText('Premium').waitFor()
  })

  await t.test('another device is logged out, and a new password logs out the rest', async () => {
    await goTo('/account')
    const device = panelOf(page, 'Devices').getByRole('button', { name: /Log out Unknown device/ })
    await device.first().click()
    await device.waitFor({ state: 'detached' })
    await page.getByRole('button', { name: 'Change password' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Current password').fill('wrong')
    await dialog.getByLabel('New password').fill(NEW_PASSWORD)
    await dialog.getByRole('button', { name: 'Change password' }).click()
    await dialog.getByText('Wrong password.').waitFor()
    await dialog.getByLabel('Current password').fill(PASSWORD)
    await dialog.getByRole('button', { name: 'Change password' }).click()
    await page.getByText('Password changed.').waitFor()
    await openSession(NEW_PASSWORD)
  })

  await t.test('the email changes with the link in the email to the new address', async () => {
    await page.getByRole('button', { name: 'Change email' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('New email').fill('ada@example.org')
    await dialog.getByLabel('Password').fill(NEW_PASSWORD)
    await dialog.getByRole('button', { name: 'Send link' }).click()
    await page.getByText('Open the link that we sent to ada@example.org.').waitFor()
    await page.goto(`${origin}/confirm-email?token=${await readToken('ada@example.org')}`)
    await page.getByRole('heading', { name: 'Email address confirmed' }).waitFor()
    await goTo('/account')
    await panelOf(page, 'Log-in').getByText('ada@example.org').waitFor()
  })

  await t.test('all data is downloaded', async (t) => {
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      panelOf(page, 'Language and data').getByRole('button', { name: 'Download' }).click(),
    ])
    t.match(download.suggestedFilename(), /^normflix-account-\d{4}-\d\d-\d\d\.json$/)
  })

  await t.test('the interface changes its language', async () => {
    await page.getByLabel('Language of the interface').selectOption('de')
    await page.getByRole('heading', { level: 1, name: 'Konto' }).waitFor()
    await page.getByLabel('Sprache der Oberfläche').selectOption('en')
    await page.getByRole('heading', { level: 1, name: 'Account' }).waitFor()
  })

  await t.test('a profile is deleted', async () => {
    await goTo('/account/profiles')
    await page.getByRole('link', { name: 'Edit Mini' }).click()
    await page.getByRole('button', { name: 'Delete profile' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Delete profile' }).click()
    await page.getByText('Profile Mini deleted.').waitFor()
    await page.getByRole('link', { name: 'Edit Mini' }).waitFor({ state: 'detached' })
  })

  await t.test('a closed account opens again with the next log-in', async (t) => {
    await goTo('/account')
    await page.getByRole('button', { name: 'Close account' }).click()
    await page.getByRole('dialog').getByLabel('Password').fill(NEW_PASSWORD)
    await page.getByRole('dialog').getByRole('button', { name: 'Close account' }).click()
    await page.getByRole('heading', { name: 'Log in' }).waitFor()
    await fillLogIn(page, 'ada@example.org', NEW_PASSWORD)
    await page.getByRole('heading', { name: 'Who’s watching?' }).waitFor()
    t.equal(await page.getByRole('button', { name: /Ada|Bo/ }).count(), 2)
  })

  await t.test('a forgotten password is replaced with the link in an email', async () => {
    const visitor = await open()
    const other = visitor.page
    await other.goto(`${origin}/watch/log-in`)
    await other.getByRole('link', { name: /Forgot/ }).click()
    // The log-in page has a field of this name too.
    await other.getByRole('button', { name: 'Send link' }).waitFor()
    await other.getByLabel('Email').fill('ada@example.org')
    await other.getByRole('button', { name: 'Send link' }).click()
    await other.getByRole('heading', { name: 'Check your email' }).waitFor()
    await other.goto(`${origin}/reset-password?token=${await readToken('ada@example.org')}`)
    await other.getByLabel('New password', { exact: true }).fill('password1234')
    await other.getByRole('button', { name: 'Save' }).click()
    await other.getByText('This password is too common. Choose another one.').waitFor()
    await other.getByLabel('New password', { exact: true }).fill(PASSWORD)
    await other.getByRole('button', { name: 'Save' }).click()
    await other.getByRole('heading', { name: 'Password changed' }).waitFor()
    // The link works once, and all devices are logged out.
    await other.reload()
    await other.getByLabel('New password', { exact: true }).fill(NEW_PASSWORD)
    await other.getByRole('button', { name: 'Save' }).click()
    await other.getByRole('alert').waitFor()
    await page.reload()
    await page.getByRole('heading', { name: 'Log in' }).waitFor()
    await fillLogIn(page, 'ada@example.org', PASSWORD)
    await page.getByRole('heading', { name: 'Who’s watching?' }).waitFor()
    t.strictSame(scriptErrors(visitor.errors), [])
  })
  t.strictSame(scriptErrors(errors), [])
}, async (t) => {
  mails = await startMailServer(t)
  return { SMTP_URL: `smtp://127.0.0.1:${mails.port}`, MAIL_FROM: 'hello@normflix.example' }
})
