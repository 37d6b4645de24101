// Pages of accounts and the audit log.
import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { validateAccountSearch, validateAuditSearch } from '../searches.js'
import { requireArea, staffLayout } from './layouts.js'

const accounts = createRoute({
  getParentRoute: () => staffLayout,
  path: '/accounts',
  validateSearch: validateAccountSearch,
  beforeLoad: requireArea('accounts'),
  component: lazyRouteComponent(async () => await import('../pages/accounts.js'), 'AccountsPage'),
})
const account = createRoute({
  getParentRoute: () => staffLayout,
  path: '/accounts/$accountId',
  beforeLoad: requireArea('accounts'),
  component: lazyRouteComponent(async () => await import('../pages/account.js'), 'AccountPage'),
})
const audit = createRoute({
  getParentRoute: () => staffLayout,
  path: '/audit',
  validateSearch: validateAuditSearch,
  beforeLoad: requireArea('audit'),
  component: lazyRouteComponent(async () => await import('../pages/audit.js'), 'AuditPage'),
})

export const accountRoutes = [accounts, account, audit]
