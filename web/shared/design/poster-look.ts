// Colours and motif of generated posters and avatars, derived from an ID.
import type { CSSProperties } from 'react'

const MOTIF_COUNT = 6

/** FNV-1a hash. */
function hashText (text: string): number {
  let hash = 0x811c9dc5
  for (const character of text) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193)
  return hash >>> 0
}

/** Derives the colours and the motif of a title from its ID. */
export function posterLook (id: string): { readonly className: string, readonly style: CSSProperties } {
  const hash = hashText(id)
  const hue = hash % 360
  return {
    className: `motif-${(hash >>> 9) % MOTIF_COUNT}`,
    style: {
      '--hue': String(hue),
      '--second-hue': String((hue + 35 + (hash >>> 13) % 90) % 360),
      '--x': `${15 + (hash >>> 17) % 70}%`,
      '--y': `${10 + (hash >>> 21) % 55}%`,
    } as CSSProperties,
  }
}
