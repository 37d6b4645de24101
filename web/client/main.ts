// The entry point of the watch page: selects the view for the route and the session.
import { describeError } from './api/problem.js'
import { currentAccount, currentProfile, deselectProfile, resumeSession, logOut, onLogOut } from './api/session.js'
import { createHeader } from './parts/header.js'
import { showMessage } from './parts/messages.js'
import { createErrorState } from './parts/states.js'
import { routeUrl, navigate, parseRoute, replaceRoute, type CloseView, type View } from './router.js'
import { homeView } from './views/home.js'
import { EMAIL_LINK_VIEWS } from './views/email-links.js'
import { playView } from './views/play.js'
import { profilesView } from './views/profiles.js'
import { searchView } from './views/search.js'
import { logInView } from './views/log-in.js'
import { movieView, showView } from './views/title.js'

const VIEWS: Readonly<Record<string, View>> = {
  'log-in': logInView,
  profiles: profilesView,
  home: homeView,
  search: searchView,
  movie: movieView,
  show: showView,
  play: playView,
}
/** How long the next view waits for the previous one to save its state. */
const CLOSE_TIMEOUT_MS = 2_000

const host = document.getElementById('view') as HTMLElement
const headerHost = document.getElementById('header') as HTMLElement
/** Scroll positions by URL fragment, for the back button. */
const scrollPositions = new Map<string, number>()
let current = { hash: '', controller: new AbortController(), close: null as CloseView | null }
/** The fragment to open after the log-in. */
let pendingHash: string | null = null
let headerProfileId: string | null = null

/** Returns the view that the session permits: log-in and profile selection come first. */
function permittedView (view: string): string {
  if (currentAccount() === null) return 'log-in'
  if (currentProfile() === null) return 'profiles'
  return view in VIEWS && view !== 'log-in' ? view : 'home'
}

async function show (): Promise<void> {
  const { view, parts } = parseRoute(location.hash)
  const permitted = permittedView(view)
  if (permitted !== view) {
    if (view === 'play' || view === 'movie' || view === 'show') pendingHash = location.hash
    return replaceRoute(routeUrl(permitted))
  }
  if (view === 'home' && pendingHash !== null) {
    const hash = pendingHash
    pendingHash = null
    return replaceRoute(hash)
  }
  const controller = new AbortController()
  const isCurrent = (): boolean => current.controller === controller
  scrollPositions.set(current.hash, scrollY)
  current.controller.abort()
  const closing = current.close?.()
  current = { hash: location.hash, controller, close: null }
  if (closing !== undefined) {
    await Promise.race([
      closing,
      new Promise((resolve) => setTimeout(resolve, CLOSE_TIMEOUT_MS)),
    ])
  }
  if (!isCurrent()) return
  document.body.dataset['view'] = view
  showHeader()
  try {
    const close = await (VIEWS[view] ?? homeView)(host, parts, controller.signal)
    if (isCurrent()) current.close = close
    else await close?.()
  } catch (error) {
    if (isCurrent()) {
      host.replaceChildren(createErrorState(error, () => {
        void show()
      }))
    }
    if (!(error instanceof Error) || error.name !== 'AbortError') console.info('Rendering the view failed:', error)
  }
  if (!isCurrent()) return
  if (view !== 'search') scrollTo({ top: scrollPositions.get(location.hash) ?? 0, behavior: 'instant' })
  // The element with the focus was removed: move the focus to the content.
  if (document.activeElement === document.body || document.activeElement === null) host.focus({ preventScroll: true })
}

/** Replaces the header only for another profile, so that the search field keeps its text. */
function showHeader (): void {
  const profile = currentProfile()?.id ?? null
  if (profile === headerProfileId) return
  headerProfileId = profile
  headerHost.replaceChildren(
    ...(profile === null ? [] : [createHeader({
      switchProfile: () => {
        void switchProfile()
      },
      logOut: () => {
        void logOutUser()
      },
    })]),
  )
}

async function switchProfile (): Promise<void> {
  deselectProfile()
  navigate(routeUrl('profiles'))
}

async function logOutUser (): Promise<void> {
  await logOut()
  navigate(routeUrl('log-in'))
}

onLogOut(() => {
  showMessage('You have been logged out. Log in to continue.')
  navigate(routeUrl('log-in'))
})
// The fragment belongs to the router, so this link only moves the focus.
document.querySelector('.skip-link')?.addEventListener('click', (event) => {
  event.preventDefault()
  host.focus()
})
const emailLinkView = EMAIL_LINK_VIEWS[location.pathname]
if (emailLinkView === undefined) {
  window.addEventListener('hashchange', () => {
    void show()
  })
  await resumeSession().catch((error: unknown) => {
    showMessage(describeError(error))
  })
  await show()
} else {
  const token = new URLSearchParams(location.search).get('token') ?? ''
  // The token works once: remove it from the history.
  history.replaceState(null, '', location.pathname)
  await emailLinkView(host, token)
}
