// Pages of accounts, the audit log, webhooks and API tokens.
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
const webhooks = createRoute({
  getParentRoute: () => staffLayout,
  path: '/webhooks',
  beforeLoad: requireArea('webhooks'),
  component: lazyRouteComponent(async () => await import('../pages/webhooks.js'), 'WebhooksPage'),
})
const webhook = createRoute({
  getParentRoute: () => staffLayout,
  path: '/webhooks/$webhookId',
  beforeLoad: requireArea('webhooks'),
  component: lazyRouteComponent(async () => await import('../pages/webhook.js'), 'WebhookPage'),
})
const tokens = createRoute({
  getParentRoute: () => staffLayout,
  path: '/tokens',
  beforeLoad: requireArea('tokens'),
  component: lazyRouteComponent(async () => await import('../pages/tokens.js'), 'TokensPage'),
})

export const accountRoutes = [accounts, account, audit, webhooks, webhook, tokens]
