// The picture of a profile: its first letter on colours of its own.
import type { Profile } from '../api/session.js'
import { element } from '../dom.js'
import { coloursOf } from './poster.js'

export function avatar (profile: Pick<Profile, 'id' | 'name'>): HTMLElement {
  const { variables } = coloursOf(profile)
  return element('span', {
    class: 'avatar',
    variables,
    text: [...profile.name][0]?.toUpperCase() ?? '?',
    attributes: { 'aria-hidden': 'true' },
  })
}
