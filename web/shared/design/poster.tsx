// The poster of a title: an image, or a generated poster with its name.
import { clsx } from 'clsx'
import { useState, type ReactNode } from 'react'
import { Artwork } from './artwork.js'
import { posterLook } from './poster-look.js'
import './poster.css'

export interface PosterTitle {
  readonly id: string
  readonly title: string
  readonly genres?: readonly string[]
  readonly posterUrl?: string | null
  readonly posterPlaceholder?: string | null
}

/** Selects the font size at which the words of a title fit. */
function titleSizeClass (title: string): string {
  const longestWord = Math.max(...title.split(/[\s-]+/).map((word) => word.length))
  if (longestWord > 12) return 'is-longest'
  if (title.length > 32 || longestWord > 9) return 'is-long'
  return title.length > 16 || longestWord > 7 ? 'is-medium' : 'is-short'
}

interface PosterProps {
  readonly title: PosterTitle
  readonly shape: 'portrait' | 'wide'
  /** An image of the shape, such as a still; the poster of the title without it. */
  readonly imageUrl?: string | null
  readonly imagePlaceholder?: string | null
  readonly children?: ReactNode
}

export function Poster ({ title, shape, imageUrl = null, imagePlaceholder, children }: PosterProps): ReactNode {
  const url = imageUrl ?? title.posterUrl ?? null
  const placeholder = imageUrl === null ? title.posterPlaceholder : imagePlaceholder
  const [failedUrl, setFailedUrl] = useState<string | null>(null)
  const { className, style } = posterLook(title.id)
  return (
    <div className={clsx('poster', `poster-${shape}`, className)} style={style}>
      <span className="poster-genre" aria-hidden>{title.genres?.[0] ?? ''}</span>
      <span className={clsx('poster-title', titleSizeClass(title.title))} aria-hidden>{title.title}</span>
      {url === null || url === failedUrl
        ? null
        : (
          <Artwork
            url={url}
            placeholder={placeholder}
            onError={() => {
              setFailedUrl(url)
            }}
          />
        )}
      {children}
    </div>
  )
}
