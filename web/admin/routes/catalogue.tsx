// Pages of the catalogue.
import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { validateCatalogueSearch } from '../searches.js'
import { staffLayout } from './layouts.js'

const catalogue = createRoute({
  getParentRoute: () => staffLayout,
  path: '/catalogue',
  validateSearch: validateCatalogueSearch,
  component: lazyRouteComponent(async () => await import('../pages/catalogue.js'), 'CataloguePage'),
})

export const catalogueRoutes = [catalogue]
