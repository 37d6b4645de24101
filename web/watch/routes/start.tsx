// Pages before the log-in, the links in emails, and the profile selection.
import { createRoute, lazyRouteComponent, redirect } from '@tanstack/react-router'
import { resumeSession } from '@shared/api/session.js'
import { loadVisitorMessages } from '../messages/parts.js'
import { nextSearch } from '@shared/search-fields.js'
import { accountPage, requireGrownUp, root } from './layouts.js'

/** Pages for visitors, also after a log-in in this tab or another one. */
async function prepareVisitorPage ({ search }: { readonly search: { readonly next?: string } }): Promise<void> {
  const { status, profileId } = await resumeSession()
  if (status !== 'logged-in') return await loadVisitorMessages()
  throw profileId === null ? redirect({ to: '/profiles', search }) : redirect({ href: search.next ?? '/' })
}

const tokenSearch = ({ token }: Record<string, unknown>): { token: string } => ({ token: String(token ?? '') })

const logIn = createRoute({
  getParentRoute: () => root,
  path: '/log-in',
  validateSearch: nextSearch,
  beforeLoad: prepareVisitorPage,
  component: lazyRouteComponent(async () => await import('../pages/log-in.js'), 'LogInPage'),
})
const signUp = createRoute({
  getParentRoute: () => root,
  path: '/sign-up',
  validateSearch: nextSearch,
  beforeLoad: prepareVisitorPage,
  component: lazyRouteComponent(async () => await import('../pages/sign-up.js'), 'SignUpPage'),
})
const tv = createRoute({
  getParentRoute: () => root,
  path: '/tv',
  validateSearch: nextSearch,
  beforeLoad: prepareVisitorPage,
  component: lazyRouteComponent(async () => await import('../pages/tv.js'), 'TvPage'),
})
const forgotPassword = createRoute({
  getParentRoute: () => root,
  path: '/forgot-password',
  beforeLoad: loadVisitorMessages,
  component: lazyRouteComponent(async () => await import('../pages/forgot-password.js'), 'ForgotPasswordPage'),
})
const resetPassword = createRoute({
  getParentRoute: () => root,
  path: '/reset-password',
  beforeLoad: loadVisitorMessages,
  validateSearch: tokenSearch,
  component: lazyRouteComponent(async () => await import('../pages/email-links.js'), 'ResetPasswordPage'),
})
const confirmEmail = createRoute({
  getParentRoute: () => root,
  path: '/confirm-email',
  beforeLoad: loadVisitorMessages,
  validateSearch: tokenSearch,
  component: lazyRouteComponent(async () => await import('../pages/email-links.js'), 'ConfirmEmailPage'),
})
const profiles = createRoute({
  getParentRoute: () => accountPage,
  path: '/profiles',
  validateSearch: nextSearch,
  beforeLoad: requireGrownUp,
  component: lazyRouteComponent(async () => await import('../pages/profiles.js'), 'ProfilesPage'),
})
const leaveKids = createRoute({
  getParentRoute: () => accountPage,
  path: '/leave-kids',
  validateSearch: nextSearch,
  component: lazyRouteComponent(async () => await import('../pages/leave-kids.js'), 'LeaveKidsPage'),
})
const link = createRoute({
  getParentRoute: () => accountPage,
  path: '/link',
  validateSearch: ({ code }: Record<string, unknown>): { code?: string } =>
    code === undefined ? {} : { code: `${code}` },
  beforeLoad: async (options) => {
    await requireGrownUp(options)
    await loadVisitorMessages()
  },
  component: lazyRouteComponent(async () => await import('../pages/link.js'), 'LinkPage'),
})

export const startRoutes = [logIn, signUp, tv, forgotPassword, resetPassword, confirmEmail]
export const accountPageRoutes = [profiles, leaveKids, link]
