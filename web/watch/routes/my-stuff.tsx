// Pages with what the profile watched, wants to watch and rated.
import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import type { Rating } from '@shared/api/client.js'
import type { HistorySearch } from '../api/my-stuff.js'
import { loadSettingsMessages } from '../messages/parts.js'
import { profileLayout } from './layouts.js'

const ID = /^[0-9a-f]{24}$/
const FULL_DATE = /^\d{4}-\d{2}-\d{2}$/
const matches = (value: unknown, pattern: RegExp): value is string => typeof value === 'string' && pattern.test(value)

function historySearch ({ view, title, from, to }: Record<string, unknown>): HistorySearch {
  return {
    ...view === 'titles' || view === 'plays' ? { view } : {},
    ...matches(title, ID) ? { title } : {},
    ...matches(from, FULL_DATE) ? { from } : {},
    ...matches(to, FULL_DATE) ? { to } : {},
  }
}

const isRating = (value: unknown): value is Rating => value === 'down' || value === 'up' || value === 'love'

const wishlist = createRoute({
  getParentRoute: () => profileLayout,
  path: '/wishlist',
  validateSearch: ({ order }: Record<string, unknown>): { order?: 'newest' } => order === 'newest' ? { order } : {},
  beforeLoad: loadSettingsMessages,
  component: lazyRouteComponent(async () => await import('../pages/wishlist.js'), 'WishlistPage'),
})
const history = createRoute({
  getParentRoute: () => profileLayout,
  path: '/history',
  validateSearch: historySearch,
  beforeLoad: loadSettingsMessages,
  component: lazyRouteComponent(async () => await import('../pages/history.js'), 'HistoryPage'),
})
const ratings = createRoute({
  getParentRoute: () => profileLayout,
  path: '/ratings',
  validateSearch: ({ rating }: Record<string, unknown>): { rating?: Rating } => isRating(rating) ? { rating } : {},
  beforeLoad: loadSettingsMessages,
  component: lazyRouteComponent(async () => await import('../pages/ratings.js'), 'RatingsPage'),
})
const hidden = createRoute({
  getParentRoute: () => profileLayout,
  path: '/hidden',
  beforeLoad: loadSettingsMessages,
  loader: async ({ context: { queryClient } }) => {
    const { hiddenQuery } = await import('../api/my-stuff.js')
    await queryClient.ensureQueryData(hiddenQuery())
  },
  component: lazyRouteComponent(async () => await import('../pages/hidden.js'), 'HiddenPage'),
})
const importHistory = createRoute({
  getParentRoute: () => profileLayout,
  path: '/import',
  beforeLoad: loadSettingsMessages,
  component: lazyRouteComponent(async () => await import('../pages/import-history.js'), 'ImportHistoryPage'),
})

export const myStuffRoutes = [wishlist, history, ratings, hidden, importHistory]
