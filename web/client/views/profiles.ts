// The profile selection.
import { Lock } from 'lucide'
import { describeError, isProblem } from '../api/problem.js'
import { selectProfile, currentAccount, type Profile } from '../api/session.js'
import { createElement, createIcon } from '../dom.js'
import { createAvatar } from '../parts/poster.js'
import { showDialog } from '../parts/dialog.js'
import { showMessage } from '../parts/messages.js'
import { enableRovingTabIndex, enableArrowKeys } from '../parts/row.js'
import { routeUrl, navigate, setPageTitle, type View } from '../router.js'

export const profilesView: View = async (host, _parts, signal) => {
  setPageTitle('Who’s watching?')
  const tiles = (currentAccount()?.profiles ?? []).map((profile) => createProfileTile(profile))
  const list = createElement('div', { class: 'profiles row' }, ...tiles)
  enableRovingTabIndex(list)
  host.replaceChildren(
    createElement('div', { class: 'welcome' }, createElement('h1', { text: 'Who’s watching?' }), list),
  )
  enableArrowKeys(host, signal)
  list.querySelector<HTMLElement>('.card-link')?.focus()
  return null
}

function createProfileTile (profile: Profile): HTMLElement {
  const remark = profile.locked ? 'Not included in your plan' : profile.kids ? 'Kids' : null
  return createElement(
    'button',
    {
      class: 'profile card-link',
      attributes: { type: 'button', disabled: profile.locked },
      click: () => {
        void openProfile(profile)
      },
    },
    createAvatar(profile),
    createElement('span', { class: 'profile-name', text: profile.name }, profile.hasPin ? createIcon(Lock) : null),
    remark === null ? null : createElement('small', { text: remark }),
  )
}

async function openProfile (profile: Profile): Promise<void> {
  try {
    if (!profile.hasPin) await selectProfile(profile.id, null)
    else if (!await askForPin(profile)) return
    navigate(routeUrl('home'))
  } catch (error) {
    showMessage(describeError(error))
  }
}

/** Returns false when the user cancels. */
async function askForPin (profile: Profile): Promise<boolean> {
  const heading = `Enter ${profile.name}’s PIN`
  const hasSelected = await showDialog<true>(heading, (close) => {
    const input = createElement('input', {
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
    const problem = createElement('p', { class: 'form-problem', attributes: { role: 'alert' } })
    const form = createElement(
      'form',
      {},
      input,
      problem,
      createElement(
        'div',
        { class: 'dialog-actions' },
        createElement('button', { class: 'button button-main', text: 'Continue', attributes: { type: 'submit' } }),
        createElement('button', {
          class: 'button button-quiet',
          text: 'Cancel',
          attributes: { type: 'button' },
          click: () => {
            close(null)
          },
        }),
      ),
    )
    form.addEventListener('submit', (event) => {
      event.preventDefault()
      selectProfile(profile.id, input.value).then(() => {
        close(true)
      }, (error: unknown) => {
        problem.textContent = isProblem(error, 'wrong-pin')
          ? 'Wrong PIN.'
          : isProblem(error, 'too-many-pin-guesses')
          ? 'Too many wrong PINs. Try again later.'
          : describeError(error)
        input.select()
      })
    })
    return [createElement('h2', { text: heading }), form]
  })
  return hasSelected === true
}
