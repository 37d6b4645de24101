// Logging in.
import { explain, isProblem } from '../api/problem.js'
import { askForPassword, signIn } from '../api/session.js'
import { button, element } from '../dom.js'
import { field, welcome } from '../parts/form.js'
import { addressOf, goTo } from '../router.js'
import { deviceName } from '../format.js'
import { nameThePage, type View } from './view.js'

export const signInView: View = async (host) => {
  nameThePage('Log in')
  const email = field('Email', { type: 'email', name: 'email', autocomplete: 'username', required: true })
  const password = field('Password', {
    type: 'password',
    name: 'password',
    autocomplete: 'current-password',
    required: true,
  })
  const problem = element('p', { class: 'form-problem', attributes: { role: 'alert' } })
  const submit = element('button', {
    class: 'button button-main button-wide',
    text: 'Log in',
    attributes: { type: 'submit' },
  })
  const form = element(
    'form',
    { class: 'sign-in' },
    element('h1', { text: 'Welcome back' }),
    element('p', { class: 'quiet', text: 'Every film and episode waits where you stopped.' }),
    email.node,
    password.node,
    problem,
    submit,
    button('Forgot your password?', null, () => {
      void forgotten()
    }, 'button button-quiet button-wide'),
  )
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    void logIn()
  })

  async function logIn (): Promise<void> {
    problem.textContent = ''
    submit.disabled = true
    submit.textContent = 'Logging in …'
    try {
      await signIn(email.input.value.trim(), password.input.value, deviceName())
      goTo(addressOf('profiles'))
    } catch (error) {
      problem.textContent = isProblem(error, 'wrong-credentials')
        ? 'No account has this email and password.'
        : explain(error)
      submit.disabled = false
      submit.textContent = 'Log in'
      password.input.select()
    }
  }

  async function forgotten (): Promise<void> {
    if (!email.input.reportValidity()) return
    try {
      await askForPassword(email.input.value.trim())
      problem.textContent = 'If that address has an account, a link to choose another password is on its way to it.'
    } catch (error) {
      problem.textContent = explain(error)
    }
  }

  host.replaceChildren(welcome(form))
  email.input.focus()
  return null
}
