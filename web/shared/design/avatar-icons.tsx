// The avatars that the apps offer, by the name that the API stores.
import { Bird, Cat, Crown, Dog, Fish, Ghost, Music, Rabbit, Rocket, Snail, Squirrel, Turtle } from 'lucide-react'
import type { LucideIcon } from 'lucide-react'
import type { ReactNode } from 'react'

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

export interface AvatarIconProps {
  readonly avatar: string
  /** Shown for an avatar that is not in the set. */
  readonly initial: string
}

export function AvatarIcon ({ avatar, initial }: AvatarIconProps): ReactNode {
  const Icon = AVATARS[avatar]
  return Icon === undefined ? initial : <Icon />
}
