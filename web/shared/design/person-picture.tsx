// The picture of a person, or the initials on a generated ground.
import { useState, type ReactNode } from 'react'
import { Artwork } from './artwork.js'
import { posterLook } from './poster-look.js'
import './person-picture.css'

interface PersonPictureProps {
  readonly id: string
  readonly name: string
  readonly url: string | null
  readonly placeholder?: string | null
}

export function PersonPicture ({ id, name, url, placeholder }: PersonPictureProps): ReactNode {
  const [failedUrl, setFailedUrl] = useState<string | null>(null)
  const words = name.split(/\s+/).filter((word) => word !== '')
  const initials = [words[0], words.length > 1 ? words.at(-1) : undefined]
    .map((word) => [...word ?? ''][0]?.toUpperCase() ?? '').join('')
  return (
    <span className="person-picture" style={posterLook(id).style} aria-hidden>
      {initials}
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
    </span>
  )
}
