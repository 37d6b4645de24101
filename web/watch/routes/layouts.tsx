// The parents of the routes: who may open a page, and its frame.
import type { QueryClient } from '@tanstack/react-query'
import { createRootRouteWithContext, createRoute, Outlet, redirect } from '@tanstack/react-router'
import { resumeSession } from '@shared/api/session.js'
import { WatchLayout } from '../components/layout.js'

interface RouterContext {
  readonly queryClient: QueryClient
}
interface GuardOptions {
  readonly location: { readonly href: string, readonly publicHref: string }
}

export const root = createRootRouteWithContext<RouterContext>()({ component: Outlet })

/** Sends visitors to the log-in page, and back after it. */
async function requireAccount ({ location }: GuardOptions): Promise<void> {
  const { status } = await resumeSession()
  if (status !== 'logged-in') throw redirect({ to: '/log-in', search: { next: location.href } })
}

async function requireProfile (options: GuardOptions): Promise<void> {
  await requireAccount(options)
  const { profileId } = await resumeSession()
  if (profileId === null) throw redirect({ to: '/profiles', search: { next: options.location.href } })
}

/** Pages of an account without a frame. */
export const accountPage = createRoute({ getParentRoute: () => root, id: 'account-page', beforeLoad: requireAccount })
/** Pages of an account, with the header but without a profile. */
export const accountLayout = createRoute({
  getParentRoute: () => root,
  id: 'account',
  beforeLoad: requireAccount,
  component: WatchLayout,
})
/** Pages of a profile, with the header. */
export const profileLayout = createRoute({
  getParentRoute: () => root,
  id: 'profile',
  beforeLoad: requireProfile,
  component: WatchLayout,
})
/** Pages of a profile without a frame: the player. */
export const profilePage = createRoute({ getParentRoute: () => root, id: 'profile-page', beforeLoad: requireProfile })

/** A path of this app to return to; another value is ignored. */
export function nextSearch ({ next }: Record<string, unknown>): { next?: string } {
  return typeof next === 'string' && next.startsWith('/') && !next.startsWith('//') ? { next } : {}
}
