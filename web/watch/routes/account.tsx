// Pages of the account.
import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { accountLayout } from './layouts.js'

const account = createRoute({
  getParentRoute: () => accountLayout,
  path: '/account',
  component: lazyRouteComponent(async () => await import('../pages/account.js'), 'AccountPage'),
})
const plan = createRoute({
  getParentRoute: () => accountLayout,
  path: '/account/plan',
  component: lazyRouteComponent(async () => await import('../pages/plan.js'), 'PlanPage'),
})
const manageProfiles = createRoute({
  getParentRoute: () => accountLayout,
  path: '/account/profiles',
  component: lazyRouteComponent(async () => await import('../pages/manage-profiles.js'), 'ManageProfilesPage'),
})
const editProfile = createRoute({
  getParentRoute: () => accountLayout,
  path: '/account/profiles/$profileId',
  component: lazyRouteComponent(async () => await import('../pages/edit-profile.js'), 'EditProfilePage'),
})

export const accountRoutes = [account, plan, manageProfiles, editProfile]
