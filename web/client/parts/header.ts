// The header: home link, search field, profile switch and log-out button.
import { LogOut, Search, Users } from 'lucide'
import { currentProfile } from '../api/session.js'
import { createElement, createIcon, createIconButton } from '../dom.js'
import { routeUrl, navigate, parseRoute, replaceRoute } from '../router.js'
import { createAvatar } from './poster.js'

const TYPING_PAUSE_MS = 250

export function createHeader (
  actions: { readonly switchProfile: () => void, readonly logOut: () => void },
): HTMLElement {
  const profile = currentProfile()
  return createElement(
    'header',
    { class: 'header' },
    createElement(
      'a',
      { class: 'brand', attributes: { href: routeUrl('home'), 'aria-label': 'NormFlix, home' } },
      createElement('span', { text: 'Norm' }),
      createElement('b', { text: 'Flix' }),
    ),
    createSearchField(),
    profile === null
      ? null
      : createElement(
        'button',
        {
          class: 'profile-switch',
          attributes: {
            type: 'button',
            'aria-label': `Profile: ${profile.name}. Switch profile`,
            title: 'Switch profile',
          },
          click: actions.switchProfile,
        },
        createAvatar(profile),
        createElement('span', { text: profile.name }),
        createIcon(Users),
      ),
    createIconButton('Log out', LogOut, actions.logOut),
  )
}

/** Searches while the user types, with one history entry for all of it. */
function createSearchField (): HTMLElement {
  const route = parseRoute(location.hash)
  const input = createElement('input', {
    attributes: {
      type: 'search',
      name: 'q',
      placeholder: 'Search',
      'aria-label': 'Search movies and shows',
      autocomplete: 'off',
      spellcheck: 'false',
      maxlength: 100,
    },
  })
  if (route.view === 'search') input.value = route.parts[0] ?? ''
  let timer: ReturnType<typeof setTimeout>
  const search = (): void => {
    const query = input.value.trim()
    const isSearching = parseRoute(location.hash).view === 'search'
    if (query === '' && !isSearching) return
    const url = routeUrl('search', query)
    if (isSearching) replaceRoute(url)
    else navigate(url)
  }
  input.addEventListener('input', () => {
    clearTimeout(timer)
    const typedAt = location.hash
    // Do not search if the user navigates during the pause.
    timer = setTimeout(() => {
      if (location.hash === typedAt) search()
    }, TYPING_PAUSE_MS)
  })
  window.addEventListener('hashchange', () => {
    if (parseRoute(location.hash).view !== 'search') input.value = ''
  })
  input.addEventListener('keydown', (event) => {
    if (event.key === 'ArrowDown') document.querySelector<HTMLElement>('#view .card-link')?.focus()
  })
  const form = createElement('form', { class: 'search', attributes: { role: 'search' } }, createIcon(Search), input)
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    clearTimeout(timer)
    search()
  })
  return form
}
