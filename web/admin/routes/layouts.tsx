// The parents of the routes: who may open a page, and its frame.
import type { QueryClient } from '@tanstack/react-query'
import { createRootRouteWithContext, createRoute, Outlet, redirect } from '@tanstack/react-router'
import { resumeSession } from '@shared/api/session.js'
import { canOpen, type Area } from '../access.js'
import { AdminLayout } from '../components/layout.js'

interface RouterContext {
  readonly queryClient: QueryClient
}
interface GuardOptions {
  readonly location: { readonly href: string }
}

export const root = createRootRouteWithContext<RouterContext>()({ component: Outlet })

/** Sends visitors to the log-in page, and back after it. */
async function requireAccount ({ location }: GuardOptions): Promise<void> {
  const { status } = await resumeSession()
  if (status !== 'logged-in') throw redirect({ to: '/log-in', search: { next: location.href } })
}

/** Pages of the staff. The frame shows members that they have no access. */
export const staffLayout = createRoute({
  getParentRoute: () => root,
  id: 'staff',
  beforeLoad: requireAccount,
  component: AdminLayout,
})

/** Sends an account whose role does not include the area to the dashboard. */
export function requireArea (area: Area): () => Promise<void> {
  return async () => {
    const { account } = await resumeSession()
    if (account !== null && account.role !== 'member' && !canOpen(account.role, area)) throw redirect({ to: '/' })
  }
}
