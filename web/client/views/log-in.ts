// The log-in page.
import { describeError, isProblem } from '../api/problem.js'
import { requestPasswordReset, logIn } from '../api/session.js'
import { createButton, createElement } from '../dom.js'
import { createField, createStartPage } from '../parts/form.js'
import { routeUrl, navigate, setPageTitle, type View } from '../router.js'
import { deviceName } from '../format.js'

export const logInView: View = async (host) => {
  setPageTitle('Log in')
  const email = createField('Email', { type: 'email', name: 'email', autocomplete: 'username', required: true })
  const password = createField('Password', {
    type: 'password',
    name: 'password',
    autocomplete: 'current-password',
    required: true,
  })
  const problem = createElement('p', { class: 'form-problem', attributes: { role: 'alert' } })
  const submitButton = createElement('button', {
    class: 'button button-main button-wide',
    text: 'Log in',
    attributes: { type: 'submit' },
  })
  const form = createElement(
    'form',
    { class: 'form-card' },
    createElement('h1', { text: 'Welcome back' }),
    createElement('p', { class: 'quiet', text: 'Continue watching where you stopped.' }),
    email.node,
    password.node,
    problem,
    submitButton,
    createButton('Forgot your password?', null, () => {
      void sendPasswordReset()
    }, 'button button-quiet button-wide'),
  )
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    void submitForm()
  })

  async function submitForm (): Promise<void> {
    problem.textContent = ''
    submitButton.disabled = true
    submitButton.textContent = 'Logging in…'
    try {
      await logIn(email.input.value.trim(), password.input.value, deviceName())
      navigate(routeUrl('profiles'))
    } catch (error) {
      problem.textContent = isProblem(error, 'wrong-credentials')
        ? 'Wrong email address or password.'
        : describeError(error)
      submitButton.disabled = false
      submitButton.textContent = 'Log in'
      password.input.select()
    }
  }

  async function sendPasswordReset (): Promise<void> {
    if (!email.input.reportValidity()) return
    try {
      await requestPasswordReset(email.input.value.trim())
      problem.textContent = 'If an account with this email address exists, we sent a link to reset the password.'
    } catch (error) {
      problem.textContent = describeError(error)
    }
  }

  host.replaceChildren(createStartPage(form))
  email.input.focus()
  return null
}
