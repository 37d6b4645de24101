// Artwork: the size that the screen needs, and a blurred placeholder until it has loaded.
import type { ReactNode } from 'react'
import { thumbHashToDataURL } from 'thumbhash'

/** Widths in which the service has its images, pixels. */
const WIDTHS = [160, 320, 640, 1_280, 1_920] as const
/** URLs of other hosts have one size. */
const HOSTED_IMAGE = /^\/v1\/images\/[0-9a-f]{24}$/
const MAX_CACHED_PLACEHOLDERS = 500

const placeholders = new Map<string, string | null>()

function decodePlaceholder (hash: string): string | null {
  try {
    return `url("${thumbHashToDataURL(Uint8Array.from(atob(hash), (character) => character.charCodeAt(0)))}")`
  } catch {
    return null
  }
}

/** @returns a CSS image; null if the hash is invalid */
function findPlaceholder (hash: string): string | null {
  const known = placeholders.get(hash)
  if (known !== undefined) return known
  if (placeholders.size >= MAX_CACHED_PLACEHOLDERS) placeholders.clear()
  const decoded = decodePlaceholder(hash)
  placeholders.set(hash, decoded)
  return decoded
}

/** `srcset` of an image of the service; null for an image of another host. */
export function listImageSizes (url: string): string | null {
  return HOSTED_IMAGE.test(url) ? WIDTHS.map((width) => `${url}?width=${width} ${width}w`).join(', ') : null
}

interface ArtworkProps {
  readonly url: string
  /** ThumbHash, base64; null: none. */
  readonly placeholder?: string | null | undefined
  /** Width in the layout, for images that do not wait until they are near the screen. The browser measures others. */
  readonly sizes?: string
  readonly className?: string
  readonly onError: () => void
}

export function Artwork ({ url, placeholder = null, sizes, className, onError }: ArtworkProps): ReactNode {
  const srcSet = listImageSizes(url)
  const backgroundImage = placeholder === null ? null : findPlaceholder(placeholder)
  return (
    <img
      className={className}
      // Before the URLs: a browser starts to load an image when it has one.
      loading={sizes === undefined ? 'lazy' : 'eager'}
      decoding="async"
      referrerPolicy="no-referrer"
      {...srcSet === null ? {} : { sizes: sizes ?? 'auto, 320px', srcSet }}
      src={url}
      alt=""
      style={backgroundImage === null ? undefined : { backgroundImage, backgroundSize: 'cover' }}
      onError={onError}
    />
  )
}
