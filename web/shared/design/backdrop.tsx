// The image behind the text of a hero. An image that fails to load is left out.
import { useState, type ReactNode } from 'react'
import { Artwork } from './artwork.js'

interface BackdropProps {
  readonly url: string | null | undefined
  readonly placeholder?: string | null
}

export function Backdrop ({ url, placeholder }: BackdropProps): ReactNode {
  const [failedUrl, setFailedUrl] = useState<string | null>(null)
  if (url === null || url === undefined || url === failedUrl) return null
  return (
    <Artwork
      className="backdrop"
      url={url}
      placeholder={placeholder}
      sizes="100vw"
      onError={() => {
        setFailedUrl(url)
      }}
    />
  )
}
