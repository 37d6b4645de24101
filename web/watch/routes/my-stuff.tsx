// Pages with what the profile watched, wants to watch and rated.
import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { profileLayout } from './layouts.js'

const wishlist = createRoute({
  getParentRoute: () => profileLayout,
  path: '/wishlist',
  component: lazyRouteComponent(async () => await import('../pages/wishlist.js'), 'WishlistPage'),
})
const history = createRoute({
  getParentRoute: () => profileLayout,
  path: '/history',
  component: lazyRouteComponent(async () => await import('../pages/history.js'), 'HistoryPage'),
})
const ratings = createRoute({
  getParentRoute: () => profileLayout,
  path: '/ratings',
  component: lazyRouteComponent(async () => await import('../pages/ratings.js'), 'RatingsPage'),
})
const hidden = createRoute({
  getParentRoute: () => profileLayout,
  path: '/hidden',
  component: lazyRouteComponent(async () => await import('../pages/hidden.js'), 'HiddenPage'),
})
const importHistory = createRoute({
  getParentRoute: () => profileLayout,
  path: '/import',
  component: lazyRouteComponent(async () => await import('../pages/import-history.js'), 'ImportHistoryPage'),
})

export const myStuffRoutes = [wishlist, history, ratings, hidden, importHistory]
