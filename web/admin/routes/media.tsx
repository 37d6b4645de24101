// Pages of uploads and media files.
import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { validateMediaSearch } from '../searches.js'
import { requireArea, staffLayout } from './layouts.js'

const media = createRoute({
  getParentRoute: () => staffLayout,
  path: '/media',
  validateSearch: validateMediaSearch,
  beforeLoad: requireArea('media'),
  component: lazyRouteComponent(async () => await import('../pages/media.js'), 'MediaPage'),
})

export const mediaRoutes = [media]
