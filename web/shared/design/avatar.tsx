// The avatar of a profile: one of the set, an image, or the first letter of the name.
import { lazy, Suspense, type ReactNode } from 'react'
import type { Profile } from '../api/client.js'
import type { AvatarIconProps } from './avatar-icons.js'
import { posterLook } from './poster-look.js'

/** The icons load after the first page; without a network the letter remains. */
const AvatarIcon = lazy(async () =>
  await import('./avatar-icons.js').then(
    (icons) => ({ default: icons.AvatarIcon }),
    () => ({ default: ({ initial }: AvatarIconProps): ReactNode => initial }),
  )
)

export function Avatar ({ profile }: { readonly profile: Pick<Profile, 'id' | 'name' | 'avatar'> }): ReactNode {
  const { id, name, avatar } = profile
  return (
    <span className="avatar" style={posterLook(id).style} aria-hidden>
      <AvatarContent name={name} avatar={avatar} />
    </span>
  )
}

function AvatarContent ({ name, avatar }: Pick<Profile, 'name' | 'avatar'>): ReactNode {
  const initial = [...name][0]?.toUpperCase() ?? '?'
  if (avatar === null) return initial
  if (/^(https?:|\/)/.test(avatar)) return <img src={avatar} alt="" referrerPolicy="no-referrer" />
  return (
    <Suspense fallback={initial}>
      <AvatarIcon avatar={avatar} initial={initial} />
    </Suspense>
  )
}
