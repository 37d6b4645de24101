// The parents of the routes: who may open a page, and its frame.
import type { QueryClient } from '@tanstack/react-query'
import { createRootRouteWithContext, createRoute, Outlet, redirect } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useSession } from '@shared/api/hooks.js'
import { currentProfile, resumeSession } from '@shared/api/session.js'
import { WatchLayout } from '../components/layout.js'
import { loadSettingsMessages } from '../messages/parts.js'

interface RouterContext {
  readonly queryClient: QueryClient
}
interface GuardOptions {
  readonly location: { readonly href: string, readonly publicHref: string }
}

export const root = createRootRouteWithContext<RouterContext>()({ component: Outlet })

/** Sends visitors to the log-in page, and back after it unless the user logged out. */
async function requireAccount ({ location }: GuardOptions): Promise<void> {
  const { status, end } = await resumeSession()
  if (status === 'logged-in') return
  throw redirect({ to: '/log-in', search: end === 'logged-out' ? {} : { next: location.href } })
}

/** A child needs a grown-up to leave the kids profile. */
export async function requireGrownUp (options: GuardOptions): Promise<void> {
  await requireAccount(options)
  if (currentProfile()?.kids === true) throw redirect({ to: '/leave-kids', search: { next: options.location.href } })
}

async function requireProfile (options: GuardOptions): Promise<void> {
  await requireAccount(options)
  const { profileId } = await resumeSession()
  if (profileId === null) throw redirect({ to: '/profiles', search: { next: options.location.href } })
}

// Pages read the account and the profile without a check. When the session ends, the page disappears before it renders
// again, and the router opens the log-in page.
function AccountOutlet (): ReactNode {
  return useSession().account === null ? null : <Outlet />
}
function AccountFrame (): ReactNode {
  return useSession().account === null ? null : <WatchLayout />
}
function ProfileOutlet (): ReactNode {
  return useSession().profileId === null ? null : <Outlet />
}
function ProfileFrame (): ReactNode {
  return useSession().profileId === null ? null : <WatchLayout />
}

/** Pages of an account without a frame. */
export const accountPage = createRoute({
  getParentRoute: () => root,
  id: 'account-page',
  beforeLoad: requireAccount,
  component: AccountOutlet,
})
/** Pages of an account, with the header but without a profile. */
export const accountLayout = createRoute({
  getParentRoute: () => root,
  id: 'account',
  beforeLoad: async (options) => {
    await requireGrownUp(options)
    await loadSettingsMessages()
  },
  component: AccountFrame,
})
/** Pages of a profile, with the header. */
export const profileLayout = createRoute({
  getParentRoute: () => root,
  id: 'profile',
  beforeLoad: requireProfile,
  component: ProfileFrame,
})
/** Pages of a profile without a frame: the player. */
export const profilePage = createRoute({
  getParentRoute: () => root,
  id: 'profile-page',
  beforeLoad: requireProfile,
  component: ProfileOutlet,
})
