// The home page of a new profile: its top, and the headings of its rows.
import { addShow } from '../support/catalogue.js'
import { PASSWORD, signUp, signUpAdmin } from '../support/users.js'
import { logInToHome } from './browser.js'
import { scriptErrors, testWatchApp } from './watch-app.js'

testWatchApp(
  'a recommended show can be played from the home page, whose rows are named in each language',
  async (t, { app, origin, open }) => {
    const show = await addShow(app, await signUpAdmin(app), {}, ['480p-en'])
    const user = await signUp(app)
    const { page, errors } = await open()
    await logInToHome(page, origin, user.email, PASSWORD)
    const hero = page.getByRole('region', { name: 'Fawlty Towers' })
    const link = hero.getByRole('link', { name: 'Play', exact: true })
    t.equal(await link.getAttribute('href'), `/watch/play/${show.episodes[0]}?title=${show.id}`)

    for (const [locale, heading] of [['de', 'Beliebt in dieser Woche'], ['es', 'Popular esta semana']] as const) {
      await page.evaluate(`localStorage.setItem('normflix.locale', '${locale}')`)
      await page.reload()
      await page.getByRole('heading', { level: 2, name: heading }).waitFor()
      t.equal(await page.locator('html').getAttribute('lang'), locale, 'rows have headings in the language of the page')
    }
    t.strictSame(scriptErrors(errors), [])
  },
)
