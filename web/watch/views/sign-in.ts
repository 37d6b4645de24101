// Logging in.
import { explain, isProblem } from '../api/problem.js'
import { signIn } from '../api/session.js'
import { element } from '../dom.js'
import { addressOf, goTo } from '../router.js'
import { deviceName } from '../words.js'
import { nameThePage, type View } from './view.js'

export const signInView: View = async (host) => {
  nameThePage('Log in')
  const email = field('Email', { type: 'email', name: 'email', autocomplete: 'username', required: true })
  const password = field('Password', { type: 'password', name: 'password', autocomplete: 'current-password', required: true })
  const problem = element('p', { class: 'form-problem', attributes: { role: 'alert' } })
  const submit = element('button', { class: 'button button-main button-wide', text: 'Log in', attributes: { type: 'submit' } })
  const form = element('form', { class: 'sign-in' }, element('h1', { text: 'Welcome back' }), element('p', { class: 'quiet', text: 'Every film and episode waits where you stopped.' }), email.node, password.node, problem, submit)
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
      problem.textContent = isProblem(error, 'wrong-credentials') ? 'No account has this email and password.' : explain(error)
      submit.disabled = false
      submit.textContent = 'Log in'
      password.input.select()
    }
  }

  host.replaceChildren(element('div', { class: 'welcome' },
    element('div', { class: 'brand brand-large', attributes: { 'aria-label': 'NormFlix' } }, element('span', { text: 'Norm' }), element('b', { text: 'Flix' })), form))
  email.input.focus()
  return null
}

function field (label: string, attributes: Record<string, string | boolean>): { node: HTMLElement, input: HTMLInputElement } {
  const input = element('input', { attributes: { ...attributes, placeholder: ' ' } })
  return { node: element('label', { class: 'field' }, input, element('span', { text: label })), input }
}
