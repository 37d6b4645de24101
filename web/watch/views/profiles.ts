// Who is watching? The profiles of the account, with a PIN where there is one.
import { Lock } from 'lucide'
import { explain, isProblem } from '../api/problem.js'
import { chooseProfile, currentAccount, type Profile } from '../api/session.js'
import { element, icon } from '../dom.js'
import { avatar } from '../parts/avatar.js'
import { ask } from '../parts/dialog.js'
import { say } from '../parts/messages.js'
import { keepOneTabStop, moveWithArrows } from '../parts/row.js'
import { addressOf, goTo } from '../router.js'
import { nameThePage, type View } from './view.js'

export const profilesView: View = async (host, _parts, signal) => {
  nameThePage('Who is watching?')
  const tiles = (currentAccount()?.profiles ?? []).map((profile) => tile(profile))
  const list = element('div', { class: 'profiles row' }, ...tiles)
  keepOneTabStop(list)
  host.replaceChildren(element('div', { class: 'welcome' }, element('h1', { text: 'Who is watching?' }), list))
  moveWithArrows(host, signal)
  list.querySelector<HTMLElement>('.card-link')?.focus()
  return null
}

function tile (profile: Profile): HTMLElement {
  const remark = profile.locked ? 'Not on this plan' : profile.kids ? 'Kids' : null
  return element(
    'button',
    {
      class: 'profile card-link',
      attributes: { type: 'button', disabled: profile.locked },
      click: () => {
        void open(profile)
      },
    },
    avatar(profile),
    element('span', { class: 'profile-name', text: profile.name }, profile.hasPin ? icon(Lock) : null),
    remark === null ? null : element('small', { text: remark }),
  )
}

async function open (profile: Profile): Promise<void> {
  try {
    if (!profile.hasPin) await chooseProfile(profile.id, null)
    else if (!await askForPin(profile)) return
    goTo(addressOf('home'))
  } catch (error) {
    say(explain(error))
  }
}

/** False when the question is closed. */
async function askForPin (profile: Profile): Promise<boolean> {
  const answer = await ask<true>(`PIN of ${profile.name}`, (close) => {
    const input = element('input', {
      class: 'pin',
      attributes: {
        type: 'password',
        inputmode: 'numeric',
        pattern: '[0-9]{4,8}',
        maxlength: 8,
        required: true,
        autocomplete: 'off',
        'aria-label': 'PIN',
      },
    })
    const problem = element('p', { class: 'form-problem', attributes: { role: 'alert' } })
    const form = element(
      'form',
      {},
      input,
      problem,
      element(
        'div',
        { class: 'dialog-actions' },
        element('button', { class: 'button button-main', text: 'Open', attributes: { type: 'submit' } }),
        element('button', {
          class: 'button button-quiet',
          text: 'Not now',
          attributes: { type: 'button' },
          click: () => {
            close(null)
          },
        }),
      ),
    )
    form.addEventListener('submit', (event) => {
      event.preventDefault()
      chooseProfile(profile.id, input.value).then(() => {
        close(true)
      }, (error: unknown) => {
        problem.textContent = isProblem(error, 'wrong-pin')
          ? 'That is not the PIN.'
          : isProblem(error, 'too-many-pin-guesses')
          ? 'Too many wrong PINs. Wait a moment before the next one.'
          : explain(error)
        input.select()
      })
    })
    return [element('h2', { text: `PIN of ${profile.name}` }), form]
  })
  return answer === true
}
