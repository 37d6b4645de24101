// Artwork: the size that the screen needs, and a blurred placeholder until it has loaded.
import { useEffect, useRef, type ReactNode } from 'react'
import { thumbHashToDataURL } from 'thumbhash'

/** Widths in which the service has its images, pixels. */
const WIDTHS = [160, 320, 640, 1_280, 1_920] as const
/** URLs of other hosts have one size. */
const HOSTED_IMAGE = /^\/v1\/images\/[0-9a-f]{24}$/
const MAX_CACHED_PLACEHOLDERS = 500

/** CSS images by hash; null for an invalid hash. */
const placeholders = new Map<string, string | null>()
/** Images that have no placeholder yet. A hash takes a millisecond to decode, which would delay pages of many cards. */
const waiting = new Map<HTMLImageElement, string>()
const SLICE_MS = 5

function decodePlaceholder (hash: string): string | null {
  const known = placeholders.get(hash)
  if (known !== undefined) return known
  if (placeholders.size >= MAX_CACHED_PLACEHOLDERS) placeholders.clear()
  let decoded: string | null = null
  try {
    decoded = `url("${thumbHashToDataURL(Uint8Array.from(atob(hash), (character) => character.charCodeAt(0)))}")`
  } catch {
    // The image shows without a placeholder.
  }
  placeholders.set(hash, decoded)
  return decoded
}

/** Shows placeholders of images that have not loaded meanwhile, for a few milliseconds at a time. */
function showPlaceholders (): void {
  const until = performance.now() + SLICE_MS
  for (const [image, hash] of waiting) {
    waiting.delete(image)
    if (!image.complete || image.naturalWidth === 0) {
      Object.assign(image.style, { backgroundImage: decodePlaceholder(hash) ?? '', backgroundSize: 'cover' })
    }
    if (performance.now() > until) break
  }
  if (waiting.size > 0) setTimeout(showPlaceholders)
}

/** @returns cancels it */
function showPlaceholderSoon (image: HTMLImageElement, hash: string): () => void {
  if (waiting.size === 0) setTimeout(showPlaceholders)
  waiting.set(image, hash)
  return () => {
    waiting.delete(image)
  }
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
  const image = useRef<HTMLImageElement>(null)
  useEffect(() => {
    const { current } = image
    return current === null || placeholder === null ? undefined : showPlaceholderSoon(current, placeholder)
  }, [url, placeholder])
  return (
    <img
      ref={image}
      className={className}
      // Before the URLs: a browser starts to load an image when it has one.
      loading={sizes === undefined ? 'lazy' : 'eager'}
      decoding="async"
      referrerPolicy="no-referrer"
      {...srcSet === null ? {} : { sizes: sizes ?? 'auto, 320px', srcSet }}
      src={url}
      alt=""
      onError={onError}
    />
  )
}
