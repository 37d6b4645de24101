// The log-in of a TV: its page shows a QR code, a phone approves it, and the TV opens the profiles.
import type { Page } from 'playwright-core'
import decodeQR from 'qr/decode.js'
import { PASSWORD, signUp } from '../support/users.js'
import { findViolations } from './axe.js'
import { chooseProfile, fillLogIn, panelOf, scriptErrors, testWatchApp } from './watch-app.js'

/** Draws the QR code of the page, and returns its pixels. */
const READ_PIXELS = `(async () => {
  const svg = document.querySelector('.qr-code').cloneNode(true)
  svg.setAttribute('width', '400')
  svg.setAttribute('height', '400')
  const image = new Image()
  image.src = 'data:image/svg+xml,' + encodeURIComponent(new XMLSerializer().serializeToString(svg))
  await image.decode()
  const canvas = Object.assign(document.createElement('canvas'), { width: 400, height: 400 })
  const context = canvas.getContext('2d')
  context.drawImage(image, 0, 0)
  return [...context.getImageData(0, 0, 400, 400).data]
})()`

async function readQrCode (page: Page): Promise<URL> {
  await page.locator('.qr-code').waitFor()
  const pixels = await page.evaluate<number[]>(READ_PIXELS)
  return new URL(decodeQR({ width: 400, height: 400, data: Uint8Array.from(pixels) }))
}

const readUserCode = async (page: Page): Promise<string> => await page.locator('.user-code').textContent() ?? ''

testWatchApp('a TV logs in with the phone of the owner', async (t, { app, origin, open }) => {
  const user = await signUp(app)
  const { page: tv, errors: tvErrors } = await open({ viewport: { width: 1_920, height: 1_080 } })
  const { page: phone, errors } = await open({ viewport: { width: 390, height: 844 } })

  await t.test('the log-in page leads to a code and a QR code of the same link', async (t) => {
    await tv.goto(`${origin}/watch/log-in`)
    await tv.getByRole('link', { name: 'On a TV?' }).click()
    const url = await readQrCode(tv)
    t.equal(url.pathname, '/link')
    t.equal(url.searchParams.get('code'), await readUserCode(tv))
    t.strictSame(await findViolations(tv), [])
  })

  await t.test('a wrong code is rejected', async () => {
    await phone.goto(`${origin}/link`)
    await fillLogIn(phone, user.email, PASSWORD)
    await chooseProfile(phone, /./)
    await phone.getByLabel('Code').fill('BBBB-BBBB')
    await phone.getByRole('button', { name: 'Continue' }).click()
    await phone.getByText('This code is wrong, expired or already used.').waitFor()
  })

  await t.test('the owner sees which device asks, and from where', async (t) => {
    const { pathname, search } = await readQrCode(tv)
    await phone.goto(`${origin}${pathname}${search}`)
    await phone.getByRole('button', { name: 'Continue' }).click()
    await phone.getByRole('heading', { name: 'Log in this device?' }).waitFor()
    for (const text of ['Chrome on Linux', '127.0.0.1', 'normflix-web', 'It is in the same network as you.']) {
      await phone.getByText(text, { exact: true }).waitFor()
    }
    await phone.getByText(await readUserCode(tv)).waitFor()
    t.strictSame(await findViolations(phone), [])
  })

  await t.test('after the approval, the TV opens the profiles and plays as the account', async () => {
    await phone.getByRole('button', { name: 'Log in', exact: true }).click()
    await phone.getByRole('heading', { name: 'Device logged in' }).waitFor()
    await chooseProfile(tv, /./)
    await tv.getByRole('button', { name: 'Profile menu' }).waitFor()
    await tv.reload()
    await tv.getByRole('button', { name: 'Profile menu' }).waitFor()
  })

  await t.test('the account lists the TV, and can log it out', async (t) => {
    await phone.goto(`${origin}/watch/account`)
    const devices = panelOf(phone, 'Devices')
    await devices.getByRole('button', { name: /^Log out Chrome on Linux/ }).waitFor()
    await devices.getByRole('button', { name: /^Log out Chrome on Linux/ }).click()
    await devices.getByRole('button', { name: /^Log out Chrome on Linux/ }).waitFor({ state: 'detached' })
    t.equal((await user.get('/v1/auth/sessions')).body.items.length, 2, 'the sign-up and the phone')
    await tv.goto(`${origin}/watch/history`)
    await tv.getByText('Your session ended.').waitFor()
  })

  await t.test('a rejected TV says so, and shows a new code', async (t) => {
    await tv.goto(`${origin}/watch/tv`)
    await tv.locator('.user-code').waitFor()
    const rejected = await readUserCode(tv)
    await panelOf(phone, 'Devices').getByRole('link', { name: 'Log in a TV' }).click()
    await phone.getByLabel('Code').fill(rejected.toLowerCase().replace('-', ' '))
    await phone.getByRole('button', { name: 'Continue' }).click()
    await phone.getByRole('button', { name: 'Reject' }).click()
    await phone.getByRole('heading', { name: 'Log-in rejected' }).waitFor()
    await tv.getByText('The log-in was rejected.').waitFor()
    await tv.getByRole('button', { name: 'Show a new code' }).click()
    await tv.locator('.user-code').waitFor()
    t.not(await readUserCode(tv), rejected)
  })
  t.strictSame(scriptErrors([...tvErrors, ...errors]), [])
})
