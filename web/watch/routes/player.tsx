// The player.
import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { searchFields } from '@shared/search-fields.js'
import { loadPlaybackMessages } from '../messages/parts.js'
import { profilePage } from './layouts.js'

interface PlayerSearch {
  /** ID of the title, to return to its page. */
  readonly title: string
  /** Starts at the beginning instead of the saved position. */
  readonly start?: true
}

const play = createRoute({
  getParentRoute: () => profilePage,
  path: '/play/$itemId',
  beforeLoad: loadPlaybackMessages,
  validateSearch: ({ title, start }: Record<string, unknown>): PlayerSearch => ({
    title: String(title ?? ''),
    ...searchFields({ start: start === true ? start : undefined }),
  }),
  component: lazyRouteComponent(async () => await import('../pages/play.js'), 'PlayPage'),
})

export const playerRoutes = [play]
