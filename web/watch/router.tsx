// The router of the watch app. Pages other than home load when they are opened first.
import type { QueryClient } from '@tanstack/react-query'
import { createRouter, Link, type ErrorComponentProps } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { buttonClass } from '@shared/design/button.js'
import { readSession, subscribeToSession } from '@shared/api/session.js'
import { ErrorState, Spinner } from '@shared/design/states.js'
import { accountRoutes } from './routes/account.js'
import { discoveryRoutes } from './routes/discovery.js'
import { accountLayout, accountPage, profileLayout, profilePage, root } from './routes/layouts.js'
import { myStuffRoutes } from './routes/my-stuff.js'
import { playerRoutes } from './routes/player.js'
import { accountPageRoutes, startRoutes } from './routes/start.js'

const routeTree = root.addChildren([
  ...startRoutes,
  accountPage.addChildren(accountPageRoutes),
  accountLayout.addChildren(accountRoutes),
  profileLayout.addChildren([...discoveryRoutes, ...myStuffRoutes]),
  profilePage.addChildren(playerRoutes),
])

function RouteError ({ error, reset }: ErrorComponentProps): ReactNode {
  const t = useTranslations('layout')
  return (
    <ErrorState error={error} retry={reset}>
      <Link to="/" className={buttonClass('quiet')}>{t('home')}</Link>
    </ErrorState>
  )
}

function NotFound (): ReactNode {
  const t = useTranslations('layout')
  return (
    <section className="state">
      <h1>{t('notFound')}</h1>
      <Link to="/" className={buttonClass('main')}>{t('home')}</Link>
    </section>
  )
}

export function createWatchRouter (queryClient: QueryClient) {
  const router = createRouter({
    routeTree,
    basepath: '/watch',
    context: { queryClient },
    defaultPreload: 'intent',
    // The cache of responses decides what is fresh.
    defaultPreloadStaleTime: 0,
    scrollRestoration: true,
    defaultPendingComponent: Spinner,
    defaultErrorComponent: RouteError,
    defaultNotFoundComponent: NotFound,
  })
  let last = readSession()
  subscribeToSession(() => {
    const { status, profileId } = readSession()
    const hasChanged = status !== last.status || profileId === null && last.profileId !== null
    const isFirst = last.status === 'unknown'
    last = readSession()
    if (!hasChanged || isFirst) return
    if (status === 'logged-out') queryClient.clear()
    // Opens the page that the session may open: after the log-in or the end of the session, in any tab.
    void router.invalidate()
  })
  return router
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof createWatchRouter>
  }
}
