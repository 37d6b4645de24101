// Pages of uploads and media files.
import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { validateDetectionsSearch, validateEncodingSearch, validateMediaSearch } from '../searches.js'
import { requireArea, staffLayout } from './layouts.js'

const media = createRoute({
  getParentRoute: () => staffLayout,
  path: '/media',
  validateSearch: validateMediaSearch,
  beforeLoad: requireArea('media'),
  component: lazyRouteComponent(async () => await import('../pages/media.js'), 'MediaPage'),
})

const encoding = createRoute({
  getParentRoute: () => staffLayout,
  path: '/media/encoding',
  validateSearch: validateEncodingSearch,
  beforeLoad: requireArea('media'),
  component: lazyRouteComponent(async () => await import('../pages/encoding.js'), 'EncodingPage'),
})

const detections = createRoute({
  getParentRoute: () => staffLayout,
  path: '/media/detections',
  validateSearch: validateDetectionsSearch,
  beforeLoad: requireArea('media'),
  component: lazyRouteComponent(async () => await import('../pages/detections.js'), 'DetectionsPage'),
})

export const mediaRoutes = [media, encoding, detections]
