// The bar at the top: home, search, who watches, and the way out.
import { LogOut, Search, Users } from 'lucide'
import { currentProfile } from '../api/session.js'
import { element, icon, iconButton } from '../dom.js'
import { addressOf, goTo, placeOf, replaceWith } from '../router.js'
import { avatar } from './avatar.js'

const TYPING_PAUSE_MS = 250

export function header (actions: { readonly switchProfile: () => void, readonly signOut: () => void }): HTMLElement {
  const profile = currentProfile()
  return element(
    'header',
    { class: 'header' },
    element(
      'a',
      { class: 'brand', attributes: { href: addressOf('home'), 'aria-label': 'NormFlix, home' } },
      element('span', { text: 'Norm' }),
      element('b', { text: 'Flix' }),
    ),
    searchField(),
    profile === null
      ? null
      : element(
        'button',
        {
          class: 'who',
          attributes: {
            type: 'button',
            'aria-label': `Watching as ${profile.name}. Switch profile`,
            title: 'Switch profile',
          },
          click: actions.switchProfile,
        },
        avatar(profile),
        element('span', { text: profile.name }),
        icon(Users),
      ),
    iconButton('Log out', LogOut, actions.signOut),
  )
}

/** Searches while typing; each word does not become an entry of the back button. */
function searchField (): HTMLElement {
  const place = placeOf(location.hash)
  const input = element('input', {
    attributes: {
      type: 'search',
      name: 'q',
      placeholder: 'Search',
      'aria-label': 'Search films and shows',
      autocomplete: 'off',
      spellcheck: 'false',
      maxlength: 100,
    },
  })
  if (place.view === 'search') input.value = place.parts[0] ?? ''
  let timer: ReturnType<typeof setTimeout>
  const search = (): void => {
    const query = input.value.trim()
    const isSearching = placeOf(location.hash).view === 'search'
    if (query === '' && !isSearching) return
    const address = addressOf('search', query)
    if (isSearching) replaceWith(address)
    else goTo(address)
  }
  input.addEventListener('input', () => {
    clearTimeout(timer)
    const typedAt = location.hash
    // Whoever goes elsewhere before the pause is over is not called back.
    timer = setTimeout(() => {
      if (location.hash === typedAt) search()
    }, TYPING_PAUSE_MS)
  })
  window.addEventListener('hashchange', () => {
    if (placeOf(location.hash).view !== 'search') input.value = ''
  })
  input.addEventListener('keydown', (event) => {
    if (event.key === 'ArrowDown') document.querySelector<HTMLElement>('#view .card-link')?.focus()
  })
  const form = element('form', { class: 'search', attributes: { role: 'search' } }, icon(Search), input)
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    clearTimeout(timer)
    search()
  })
  return form
}
