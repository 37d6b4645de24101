// The poster of a title: an image, or a generated poster with its name. The avatar of a profile uses the same colours.
import type { Profile } from '../api/session.js'
import { createElement } from '../dom.js'

export interface PosterTitle {
  readonly id: string
  readonly title: string
  readonly year?: number | null
  readonly genres?: readonly string[]
  readonly posterUrl?: string | null
}

const MOTIF_COUNT = 6

/** FNV-1a hash. */
function hashText (text: string): number {
  let hash = 0x811c9dc5
  for (const character of text) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193)
  return hash >>> 0
}

/** Derives the colours and the motif of a title from its ID. */
export function posterColours (
  { id }: Pick<PosterTitle, 'id'>,
): { readonly motif: number, readonly variables: Readonly<Record<string, string>> } {
  const hash = hashText(id)
  const hue = hash % 360
  return {
    motif: (hash >>> 9) % MOTIF_COUNT,
    variables: {
      '--hue': String(hue),
      '--second-hue': String((hue + 35 + (hash >>> 13) % 90) % 360),
      '--x': `${15 + (hash >>> 17) % 70}%`,
      '--y': `${10 + (hash >>> 21) % 55}%`,
    },
  }
}

export function createPoster (title: PosterTitle, shape: 'portrait' | 'wide'): HTMLElement {
  const { motif, variables } = posterColours(title)
  const generated = createElement(
    'div',
    { class: `poster poster-${shape} motif-${motif}`, variables, attributes: { 'aria-hidden': 'true' } },
    createElement('span', { class: 'poster-genre', text: title.genres?.[0] ?? '' }),
    createElement('span', { class: `poster-title ${titleSizeClass(title.title)}`, text: title.title }),
  )
  if (title.posterUrl === null || title.posterUrl === undefined) return generated
  const image = createElement('img', {
    attributes: { src: title.posterUrl, alt: '', loading: 'lazy', referrerpolicy: 'no-referrer' },
  })
  // Show the generated poster if the image cannot be loaded.
  image.addEventListener('error', () => {
    image.remove()
  })
  generated.append(image)
  return generated
}

/** Selects the font size at which the words of a title fit. */
function titleSizeClass (title: string): string {
  const longestWord = Math.max(...title.split(/[\s-]+/).map((word) => word.length))
  if (longestWord > 13) return 'is-longest'
  if (title.length > 32 || longestWord > 10) return 'is-long'
  return title.length > 16 || longestWord > 7 ? 'is-medium' : 'is-short'
}

/** Creates the avatar of a profile: its first letter on colours that are derived from its ID. */
export function createAvatar (profile: Pick<Profile, 'id' | 'name'>): HTMLElement {
  const { variables } = posterColours(profile)
  return createElement('span', {
    class: 'avatar',
    variables,
    text: [...profile.name][0]?.toUpperCase() ?? '?',
    attributes: { 'aria-hidden': 'true' },
  })
}
