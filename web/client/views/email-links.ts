// The pages that links in emails open: confirm the email and reset the password.
import { describeError, isProblem } from '../api/problem.js'
import { resetPassword, confirmEmail } from '../api/session.js'
import { createElement } from '../dom.js'
import { createField, createStartPage } from '../parts/form.js'
import { setPageTitle } from '../router.js'

type EmailLinkView = (host: HTMLElement, token: string) => Promise<void>

/** The views by path. */
export const EMAIL_LINK_VIEWS: Readonly<Record<string, EmailLinkView>> = {
  '/confirm-email': confirmEmailView,
  '/reset-password': resetPasswordView,
}

async function confirmEmailView (host: HTMLElement, token: string): Promise<void> {
  setPageTitle('Confirm your email address')
  try {
    await confirmEmail(token)
    host.replaceChildren(createStartPage(createNotice('Email address confirmed', 'You can close this page or log in.')))
  } catch (error) {
    host.replaceChildren(createStartPage(createNotice('Something went wrong', describeLinkError(error))))
  }
}

async function resetPasswordView (host: HTMLElement, token: string): Promise<void> {
  setPageTitle('Reset your password')
  const password = createField('New password', {
    type: 'password',
    name: 'password',
    autocomplete: 'new-password',
    required: true,
    minlength: '8',
  })
  const problem = createElement('p', { class: 'form-problem', attributes: { role: 'alert' } })
  const submit = createElement('button', {
    class: 'button button-main button-wide',
    text: 'Save password',
    attributes: { type: 'submit' },
  })
  const form = createElement(
    'form',
    { class: 'form-card' },
    createElement('h1', { text: 'Reset your password' }),
    createElement('p', { class: 'quiet', text: 'This logs out all your devices.' }),
    password.node,
    problem,
    submit,
  )
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    submit.disabled = true
    resetPassword(token, password.input.value).then(() => {
      host.replaceChildren(createStartPage(createNotice('Password changed', 'Log in with your new password.')))
    }, (error: unknown) => {
      problem.textContent = describeLinkError(error)
      submit.disabled = false
      password.input.select()
    })
  })
  host.replaceChildren(createStartPage(form))
  password.input.focus()
}

function describeLinkError (error: unknown): string {
  return isProblem(error, 'mail-link-invalid')
    ? 'This link is invalid or has expired. Request a new one.'
    : describeError(error)
}

function createNotice (title: string, text: string): HTMLElement {
  return createElement(
    'section',
    { class: 'form-card', attributes: { role: 'status' } },
    createElement('h1', { text: title }),
    createElement('p', { class: 'quiet', text }),
    createElement('a', { class: 'button button-main button-wide', text: 'Log in', attributes: { href: '/watch' } }),
  )
}
