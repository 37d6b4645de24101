// Where the links in mails lead: confirming an address, and choosing another password.
import { explain, isProblem } from '../api/problem.js'
import { choosePassword, confirmEmail } from '../api/session.js'
import { element } from '../dom.js'
import { field, welcome } from '../parts/form.js'
import { nameThePage } from './view.js'

type MailedView = (host: HTMLElement, token: string) => Promise<void>

/** By the path of the link. */
export const MAILED_VIEWS: Readonly<Record<string, MailedView>> = {
  '/confirm-email': confirmEmailView,
  '/reset-password': resetPasswordView,
}

async function confirmEmailView (host: HTMLElement, token: string): Promise<void> {
  nameThePage('Confirm your address')
  try {
    await confirmEmail(token)
    host.replaceChildren(welcome(note('Your address is confirmed', 'Thank you. There is nothing more to do.')))
  } catch (error) {
    host.replaceChildren(welcome(note('That did not work', explainLink(error))))
  }
}

async function resetPasswordView (host: HTMLElement, token: string): Promise<void> {
  nameThePage('Choose a password')
  const password = field('New password', {
    type: 'password',
    name: 'password',
    autocomplete: 'new-password',
    required: true,
    minlength: '8',
  })
  const problem = element('p', { class: 'form-problem', attributes: { role: 'alert' } })
  const submit = element('button', {
    class: 'button button-main button-wide',
    text: 'Save',
    attributes: { type: 'submit' },
  })
  const form = element(
    'form',
    { class: 'sign-in' },
    element('h1', { text: 'Choose a password' }),
    element('p', { class: 'quiet', text: 'Every device that is signed in has to log in with it again.' }),
    password.node,
    problem,
    submit,
  )
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    submit.disabled = true
    choosePassword(token, password.input.value).then(() => {
      host.replaceChildren(welcome(note('Your password is changed', 'Log in with it to go on.')))
    }, (error: unknown) => {
      problem.textContent = explainLink(error)
      submit.disabled = false
      password.input.select()
    })
  })
  host.replaceChildren(welcome(form))
  password.input.focus()
}

function explainLink (error: unknown): string {
  return isProblem(error, 'mail-link-invalid')
    ? 'This link has been used or is too old. Ask for another one.'
    : explain(error)
}

function note (title: string, text: string): HTMLElement {
  return element(
    'section',
    { class: 'sign-in', attributes: { role: 'status' } },
    element('h1', { text: title }),
    element('p', { class: 'quiet', text }),
    element('a', { class: 'button button-main button-wide', text: 'Log in', attributes: { href: '/watch' } }),
  )
}
