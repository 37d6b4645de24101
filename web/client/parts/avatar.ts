// The avatar of a profile: its first letter on colours that are derived from its ID.
import type { Profile } from '../api/session.js'
import { createElement } from '../dom.js'
import { posterColours } from './poster.js'

export function createAvatar (profile: Pick<Profile, 'id' | 'name'>): HTMLElement {
  const { variables } = posterColours(profile)
  return createElement('span', {
    class: 'avatar',
    variables,
    text: [...profile.name][0]?.toUpperCase() ?? '?',
    attributes: { 'aria-hidden': 'true' },
  })
}
