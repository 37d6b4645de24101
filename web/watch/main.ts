// The watch page: which view is shown for which address, and to whom.
import { explain } from './api/problem.js'
import { currentAccount, currentProfile, leaveProfile, resumeSession, signOut, whenSignedOut } from './api/session.js'
import { header } from './parts/header.js'
import { say } from './parts/messages.js'
import { failure } from './parts/states.js'
import { addressOf, goTo, placeOf, replaceWith } from './router.js'
import { homeView } from './views/home.js'
import { MAILED_VIEWS } from './views/mailed-links.js'
import { playView } from './views/play.js'
import { profilesView } from './views/profiles.js'
import { searchView } from './views/search.js'
import { signInView } from './views/sign-in.js'
import { movieView, showView } from './views/title.js'
import type { Leave, View } from './views/view.js'

const VIEWS: Readonly<Record<string, View>> = {
  'sign-in': signInView,
  profiles: profilesView,
  home: homeView,
  search: searchView,
  movie: movieView,
  show: showView,
  play: playView,
}
/** A view that is left may take this long to keep what it knows; the next one shows it already. */
const LEAVE_WITHIN_MS = 2_000

const host = document.getElementById('view') as HTMLElement
const headerHost = document.getElementById('header') as HTMLElement
/** Where each place was scrolled to, for the way back. */
const scrolled = new Map<string, number>()
let current = { address: '', over: new AbortController(), leave: null as Leave | null }
/** The place that somebody wanted before having to sign in. */
let wanted: string | null = null
let headerFor: string | null = null

/** The view that this person may see now: signing in and choosing a profile come first. */
function admit (view: string): string {
  if (currentAccount() === null) return 'sign-in'
  if (currentProfile() === null) return 'profiles'
  return view in VIEWS && view !== 'sign-in' ? view : 'home'
}

async function show (): Promise<void> {
  const { view, parts } = placeOf(location.hash)
  const admitted = admit(view)
  if (admitted !== view) {
    if (view === 'play' || view === 'movie' || view === 'show') wanted = location.hash
    return replaceWith(addressOf(admitted))
  }
  if (view === 'home' && wanted !== null) {
    const address = wanted
    wanted = null
    return replaceWith(address)
  }
  const over = new AbortController()
  const isStillHere = (): boolean => current.over === over
  scrolled.set(current.address, scrollY)
  current.over.abort()
  const left = current.leave?.()
  current = { address: location.hash, over, leave: null }
  if (left !== undefined) await Promise.race([left, new Promise((resolve) => setTimeout(resolve, LEAVE_WITHIN_MS))])
  if (!isStillHere()) return
  document.body.dataset['view'] = view
  showHeader()
  try {
    const leave = await (VIEWS[view] ?? homeView)(host, parts, over.signal)
    if (isStillHere()) current.leave = leave
    else await leave?.()
  } catch (error) {
    if (isStillHere()) {
      host.replaceChildren(failure(error, () => {
        void show()
      }))
    }
    if (!(error instanceof Error) || error.name !== 'AbortError') console.info('The view could not be shown:', error)
  }
  if (!isStillHere()) return
  if (view !== 'search') scrollTo({ top: scrolled.get(location.hash) ?? 0, behavior: 'instant' })
  // What was pressed is gone: the keyboard goes on at the content.
  if (document.activeElement === document.body || document.activeElement === null) host.focus({ preventScroll: true })
}

/** Made anew only for another profile: what is being typed into it stays. */
function showHeader (): void {
  const profile = currentProfile()?.id ?? null
  if (profile === headerFor) return
  headerFor = profile
  headerHost.replaceChildren(
    ...(profile === null ? [] : [header({
      switchProfile: () => {
        void switchProfile()
      },
      signOut: () => {
        void logOut()
      },
    })]),
  )
}

async function switchProfile (): Promise<void> {
  leaveProfile()
  goTo(addressOf('profiles'))
}

async function logOut (): Promise<void> {
  await signOut()
  goTo(addressOf('sign-in'))
}

whenSignedOut(() => {
  say('You were signed out. Log in to go on.')
  goTo(addressOf('sign-in'))
})
// The address is the router's: this link moves the focus alone.
document.querySelector('.skip-link')?.addEventListener('click', (event) => {
  event.preventDefault()
  host.focus()
})
const mailed = MAILED_VIEWS[location.pathname]
if (mailed === undefined) {
  window.addEventListener('hashchange', () => {
    void show()
  })
  await resumeSession().catch((error: unknown) => {
    say(explain(error))
  })
  await show()
} else {
  const token = new URLSearchParams(location.search).get('token') ?? ''
  // It works once: it need not stay in the history.
  history.replaceState(null, '', location.pathname)
  await mailed(host, token)
}
