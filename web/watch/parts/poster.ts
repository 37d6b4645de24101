// The picture of a title: its poster, or one that is made of its name when it has none.
import { element } from '../dom.js'

export interface Pictured {
  readonly id: string
  readonly title: string
  readonly year?: number | null
  readonly genres?: readonly string[]
  readonly posterUrl?: string | null
}

const MOTIFS = 6

/** A number that is the same for the same title on every visit (FNV-1a). */
function hashOf (text: string): number {
  let hash = 0x811c9dc5
  for (const character of text) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193)
  return hash >>> 0
}

/** The colours and the motif that stand for a title. */
export function coloursOf (
  { id }: Pick<Pictured, 'id'>,
): { readonly motif: number, readonly variables: Readonly<Record<string, string>> } {
  const hash = hashOf(id)
  const hue = hash % 360
  return {
    motif: (hash >>> 9) % MOTIFS,
    variables: {
      '--hue': String(hue),
      '--second-hue': String((hue + 35 + (hash >>> 13) % 90) % 360),
      '--x': `${15 + (hash >>> 17) % 70}%`,
      '--y': `${10 + (hash >>> 21) % 55}%`,
    },
  }
}

/** @param shape `portrait` as on a cinema's wall, `wide` as a still */
export function poster (title: Pictured, shape: 'portrait' | 'wide'): HTMLElement {
  const { motif, variables } = coloursOf(title)
  const drawn = element(
    'div',
    { class: `poster poster-${shape} motif-${motif}`, variables, attributes: { 'aria-hidden': 'true' } },
    element('span', { class: 'poster-genre', text: title.genres?.[0] ?? '' }),
    element('span', { class: `poster-title ${lengthClass(title.title)}`, text: title.title }),
  )
  if (title.posterUrl === null || title.posterUrl === undefined) return drawn
  const image = element('img', {
    attributes: { src: title.posterUrl, alt: '', loading: 'lazy', referrerpolicy: 'no-referrer' },
  })
  // An address that no longer leads anywhere leaves the drawn one.
  image.addEventListener('error', () => {
    image.remove()
  })
  drawn.append(image)
  return drawn
}

/** How large a name can be written without breaking its words. */
function lengthClass (title: string): string {
  const longestWord = Math.max(...title.split(/[\s-]+/).map((word) => word.length))
  if (longestWord > 13) return 'is-longest'
  if (title.length > 32 || longestWord > 10) return 'is-long'
  return title.length > 16 || longestWord > 7 ? 'is-medium' : 'is-short'
}
