// Pages that find titles.
import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { searchFields } from '@shared/search-fields.js'
import { HomePage } from '../pages/home.js'
import { parseBrowseSearch } from '../api/browse-search.js'
import { homeQuery } from '../api/home.js'
import { continueCardQuery, movieQuery, showQuery } from '../api/titles.js'
import { loadDiscoveryMessages } from '../messages/parts.js'
import { profileLayout } from './layouts.js'

const home = createRoute({
  getParentRoute: () => profileLayout,
  path: '/',
  loader: async ({ context: { queryClient } }) => await queryClient.ensureQueryData(homeQuery()),
  component: HomePage,
})
const row = createRoute({
  getParentRoute: () => profileLayout,
  path: '/rows/$rowId',
  component: lazyRouteComponent(async () => await import('../pages/row.js'), 'RowPage'),
})
const browse = createRoute({
  getParentRoute: () => profileLayout,
  path: '/browse/$kind',
  beforeLoad: loadDiscoveryMessages,
  validateSearch: parseBrowseSearch,
  component: lazyRouteComponent(async () => await import('../pages/browse.js'), 'BrowsePage'),
})
const genres = createRoute({
  getParentRoute: () => profileLayout,
  path: '/genres',
  beforeLoad: loadDiscoveryMessages,
  component: lazyRouteComponent(async () => await import('../pages/genres.js'), 'GenresPage'),
})
interface SearchSearch {
  readonly q: string
  readonly type?: 'movie' | 'show'
}

const search = createRoute({
  getParentRoute: () => profileLayout,
  path: '/search',
  beforeLoad: loadDiscoveryMessages,
  validateSearch: ({ q, type }: Record<string, unknown>): SearchSearch => ({
    q: String(q ?? ''),
    ...searchFields({ type: type === 'movie' || type === 'show' ? type : undefined }),
  }),
  component: lazyRouteComponent(async () => await import('../pages/search.js'), 'SearchPage'),
})
const movie = createRoute({
  getParentRoute: () => profileLayout,
  path: '/movie/$titleId',
  beforeLoad: loadDiscoveryMessages,
  loader: async ({ context: { queryClient }, params: { titleId } }) => {
    await Promise.all([
      queryClient.ensureQueryData(movieQuery(titleId)),
      queryClient.ensureQueryData(continueCardQuery(titleId)),
    ])
  },
  component: lazyRouteComponent(async () => await import('../pages/movie.js'), 'MoviePage'),
})
const show = createRoute({
  getParentRoute: () => profileLayout,
  path: '/show/$titleId',
  beforeLoad: loadDiscoveryMessages,
  validateSearch: ({ season }: Record<string, unknown>): { season?: number } =>
    searchFields({ season: Number.isInteger(season) ? season as number : undefined }),
  loader: async ({ context: { queryClient }, params: { titleId } }) => {
    await Promise.all([
      queryClient.ensureQueryData(showQuery(titleId)),
      queryClient.ensureQueryData(continueCardQuery(titleId)),
    ])
  },
  component: lazyRouteComponent(async () => await import('../pages/show.js'), 'ShowPage'),
})
const person = createRoute({
  getParentRoute: () => profileLayout,
  path: '/people/$personId',
  beforeLoad: loadDiscoveryMessages,
  component: lazyRouteComponent(async () => await import('../pages/person.js'), 'PersonPage'),
})
const collections = createRoute({
  getParentRoute: () => profileLayout,
  path: '/collections',
  beforeLoad: loadDiscoveryMessages,
  component: lazyRouteComponent(async () => await import('../pages/collections.js'), 'CollectionsPage'),
})
const collection = createRoute({
  getParentRoute: () => profileLayout,
  path: '/collections/$collectionId',
  beforeLoad: loadDiscoveryMessages,
  component: lazyRouteComponent(async () => await import('../pages/collection.js'), 'CollectionPage'),
})

export const discoveryRoutes = [home, row, browse, genres, search, movie, show, person, collections, collection]
