// Pages of the catalogue.
import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { validateCatalogueSearch, validateCollectionSearch, validateTabSearch } from '../searches.js'
import { requireArea, staffLayout } from './layouts.js'

const catalogue = createRoute({
  getParentRoute: () => staffLayout,
  path: '/catalogue',
  validateSearch: validateCatalogueSearch,
  component: lazyRouteComponent(async () => await import('../pages/catalogue.js'), 'CataloguePage'),
})
const newTitle = createRoute({
  getParentRoute: () => staffLayout,
  path: '/catalogue/new/$kind',
  beforeLoad: requireArea('media'),
  component: lazyRouteComponent(async () => await import('../pages/new-title.js'), 'NewTitlePage'),
})
const movie = createRoute({
  getParentRoute: () => staffLayout,
  path: '/catalogue/movies/$movieId',
  validateSearch: validateTabSearch,
  component: lazyRouteComponent(async () => await import('../pages/movie.js'), 'MoviePage'),
})
const show = createRoute({
  getParentRoute: () => staffLayout,
  path: '/catalogue/shows/$showId',
  validateSearch: validateTabSearch,
  component: lazyRouteComponent(async () => await import('../pages/show.js'), 'ShowPage'),
})
const episode = createRoute({
  getParentRoute: () => staffLayout,
  path: '/catalogue/shows/$showId/seasons/$season/episodes/$episode',
  validateSearch: validateTabSearch,
  component: lazyRouteComponent(async () => await import('../pages/episode.js'), 'EpisodePage'),
})

const collections = createRoute({
  getParentRoute: () => staffLayout,
  path: '/collections',
  validateSearch: validateCollectionSearch,
  beforeLoad: requireArea('collections'),
  component: lazyRouteComponent(async () => await import('../pages/collections.js'), 'CollectionsPage'),
})
const collection = createRoute({
  getParentRoute: () => staffLayout,
  path: '/collections/$collectionId',
  beforeLoad: requireArea('collections'),
  component: lazyRouteComponent(async () => await import('../pages/collection.js'), 'CollectionPage'),
})
const transfer = createRoute({
  getParentRoute: () => staffLayout,
  path: '/transfer',
  beforeLoad: requireArea('transfer'),
  component: lazyRouteComponent(async () => await import('../pages/transfer.js'), 'TransferPage'),
})

export const catalogueRoutes = [catalogue, newTitle, movie, show, episode, collections, collection, transfer]
