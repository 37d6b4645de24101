// The log-in page and the dashboard.
import { createRoute, lazyRouteComponent, redirect } from '@tanstack/react-router'
import { resumeSession } from '@shared/api/session.js'
import { nextSearch } from '@shared/search-fields.js'
import { validatePeriodSearch } from '../searches.js'
import { root, staffLayout } from './layouts.js'

const logIn = createRoute({
  getParentRoute: () => root,
  path: '/log-in',
  validateSearch: nextSearch,
  beforeLoad: async () => {
    if ((await resumeSession()).status === 'logged-in') throw redirect({ to: '/' })
  },
  component: lazyRouteComponent(async () => await import('../pages/log-in.js'), 'LogInPage'),
})
const dashboard = createRoute({
  getParentRoute: () => staffLayout,
  path: '/',
  validateSearch: validatePeriodSearch,
  component: lazyRouteComponent(async () => await import('../pages/dashboard.js'), 'DashboardPage'),
})

export const startRoutes = [logIn]
export const dashboardRoutes = [dashboard]
