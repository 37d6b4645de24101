// The avatar of a profile: one of the set, an image, or the first letter of the name.
import { Bird, Cat, Crown, Dog, Fish, Ghost, Music, Rabbit, Rocket, Snail, Squirrel, Turtle } from 'lucide-react'
import type { LucideIcon } from 'lucide-react'
import type { ReactNode } from 'react'
import type { Profile } from '../api/client.js'
import { posterLook } from './poster-look.js'

/** The avatars that the apps offer, by the name that the API stores. */
export const AVATARS: Readonly<Record<string, LucideIcon>> = {
  cat: Cat,
  dog: Dog,
  rabbit: Rabbit,
  bird: Bird,
  fish: Fish,
  turtle: Turtle,
  squirrel: Squirrel,
  snail: Snail,
  rocket: Rocket,
  ghost: Ghost,
  crown: Crown,
  music: Music,
}

export function Avatar ({ profile }: { readonly profile: Pick<Profile, 'id' | 'name' | 'avatar'> }): ReactNode {
  const { id, name, avatar } = profile
  return (
    <span className="avatar" style={posterLook(id).style} aria-hidden>
      <AvatarContent name={name} avatar={avatar} />
    </span>
  )
}

function AvatarContent ({ name, avatar }: Pick<Profile, 'name' | 'avatar'>): ReactNode {
  if (avatar !== null && /^(https?:|\/)/.test(avatar)) return <img src={avatar} alt="" referrerPolicy="no-referrer" />
  const Icon = avatar === null ? undefined : AVATARS[avatar]
  return Icon === undefined ? [...name][0]?.toUpperCase() ?? '?' : <Icon />
}
