// The router of the admin app. Each page loads when it is opened first.
import type { QueryClient } from '@tanstack/react-query'
import { createRouter, Link, type ErrorComponentProps } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { buttonClass } from '@shared/design/button.js'
import { ErrorState, Spinner } from '@shared/design/states.js'
import { accountRoutes } from './routes/accounts.js'
import { catalogueRoutes } from './routes/catalogue.js'
import { root, staffLayout } from './routes/layouts.js'
import { mediaRoutes } from './routes/media.js'
import { dashboardRoutes, startRoutes } from './routes/start.js'

const routeTree = root.addChildren([
  ...startRoutes,
  staffLayout.addChildren([...dashboardRoutes, ...catalogueRoutes, ...mediaRoutes, ...accountRoutes]),
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

export function createAdminRouter (queryClient: QueryClient) {
  return createRouter({
    routeTree,
    basepath: '/admin',
    context: { queryClient },
    defaultPreload: 'intent',
    // The cache of responses decides what is fresh.
    defaultPreloadStaleTime: 0,
    scrollRestoration: true,
    defaultPendingComponent: Spinner,
    defaultErrorComponent: RouteError,
    defaultNotFoundComponent: NotFound,
  })
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof createAdminRouter>
  }
}
