// Pages before the log-in, the links in emails, and the profile selection.
import { createRoute, lazyRouteComponent, redirect } from '@tanstack/react-router'
import { resumeSession } from '@shared/api/session.js'
import { accountPage, nextSearch, root } from './layouts.js'

async function redirectLoggedIn (): Promise<void> {
  if ((await resumeSession()).status === 'logged-in') throw redirect({ to: '/' })
}

const tokenSearch = ({ token }: Record<string, unknown>): { token: string } => ({ token: String(token ?? '') })

const logIn = createRoute({
  getParentRoute: () => root,
  path: '/log-in',
  validateSearch: nextSearch,
  beforeLoad: redirectLoggedIn,
  component: lazyRouteComponent(async () => await import('../pages/log-in.js'), 'LogInPage'),
})
const signUp = createRoute({
  getParentRoute: () => root,
  path: '/sign-up',
  beforeLoad: redirectLoggedIn,
  component: lazyRouteComponent(async () => await import('../pages/sign-up.js'), 'SignUpPage'),
})
const forgotPassword = createRoute({
  getParentRoute: () => root,
  path: '/forgot-password',
  component: lazyRouteComponent(async () => await import('../pages/forgot-password.js'), 'ForgotPasswordPage'),
})
const resetPassword = createRoute({
  getParentRoute: () => root,
  path: '/reset-password',
  validateSearch: tokenSearch,
  component: lazyRouteComponent(async () => await import('../pages/email-links.js'), 'ResetPasswordPage'),
})
const confirmEmail = createRoute({
  getParentRoute: () => root,
  path: '/confirm-email',
  validateSearch: tokenSearch,
  component: lazyRouteComponent(async () => await import('../pages/email-links.js'), 'ConfirmEmailPage'),
})
const profiles = createRoute({
  getParentRoute: () => accountPage,
  path: '/profiles',
  validateSearch: nextSearch,
  component: lazyRouteComponent(async () => await import('../pages/profiles.js'), 'ProfilesPage'),
})

export const startRoutes = [logIn, signUp, forgotPassword, resetPassword, confirmEmail]
export const accountPageRoutes = [profiles]
