// The watch app describes rejected values in the language of the page, also on pages without forms.
import type { Page } from 'playwright-core'
import { PASSWORD, signUp } from '../support/users.js'
import { fillLogIn, scriptErrors, testWatchApp } from './watch-app.js'

const PIN = '1234'
const LANGUAGES = {
  es: { continueButton: 'Continuar', longPin: 'Como máximo 8 caracteres.', longText: 'Como máximo 200 caracteres.' },
  de: { continueButton: 'Weiter', longPin: 'Höchstens 8 Zeichen.', longText: 'Höchstens 200 Zeichen.' },
  en: { continueButton: 'Continue', longPin: 'At most 8 characters.', longText: 'At most 200 characters.' },
}

async function chooseLanguage (page: Page, locale: string): Promise<void> {
  await page.evaluate(`localStorage.setItem('normflix.locale', '${locale}')`)
  await page.reload()
  await page.locator(`html[lang="${locale}"] h1`).first().waitFor()
}

testWatchApp('rejected values are described in the language of the page', async (t, { app, origin, open }) => {
  const user = await signUp(app)
  const { page, errors } = await open()
  await page.goto(`${origin}/watch`)
  await fillLogIn(page, user.email, PASSWORD)
  await page.locator('.profile').first().click()
  await page.waitForURL((url) => !url.pathname.endsWith('/profiles'))

  await t.test('a query that is too long', async (t) => {
    for (const [locale, { longText }] of Object.entries(LANGUAGES)) {
      await page.goto(`${origin}/watch/search?q=${'a'.repeat(201)}`)
      await chooseLanguage(page, locale)
      await page.getByText(longText).waitFor()
      t.equal(await page.locator('html').getAttribute('lang'), locale)
    }
  })

  await t.test('a PIN that is too long, in the profile selection', async (t) => {
    const change = { pin: PIN, currentPassword: PASSWORD }
    t.equal((await user.patch(`/v1/profiles/${user.profileId}`, change)).status, 200)
    for (const [locale, { continueButton, longPin }] of Object.entries(LANGUAGES)) {
      await page.goto(`${origin}/watch/profiles`)
      await chooseLanguage(page, locale)
      await page.locator('.profile').first().click()
      const input = page.getByLabel('PIN', { exact: true })
      // The browser would reject the PIN before the service does.
      await page.evaluate(`for (const name of ['pattern', 'maxlength']) {
        document.querySelector('.pin').removeAttribute(name)
      }`)
      await input.fill('123456789')
      await page.getByRole('button', { name: continueButton }).click()
      await page.locator('.form-problem', { hasText: longPin }).waitFor()
      await input.fill(PIN)
      await page.keyboard.press('Enter')
      await page.waitForURL((url) => !url.pathname.endsWith('/profiles'))
    }
  })
  t.strictSame(scriptErrors(errors), [])
})
