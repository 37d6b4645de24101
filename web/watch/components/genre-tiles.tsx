// Genres as tiles in their colours.
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import type { Schemas } from '@shared/api/client.js'
import { posterLook } from '@shared/design/poster-look.js'

export function GenreTiles ({ genres }: { readonly genres: ReadonlyArray<Schemas['GenreCount']> }): ReactNode {
  const t = useTranslations('browse')
  return (
    <ul className="genres">
      {genres.map(({ name, count }) => {
        const { className, style } = posterLook(name)
        return (
          <li key={name}>
            <Link
              to="/browse/$kind"
              params={{ kind: 'all' }}
              search={{ genre: name }}
              className={`poster genre-tile ${className}`}
              style={style}
            >
              <strong>{name}</strong>
              <span>{t('titleCount', { count })}</span>
            </Link>
          </li>
        )
      })}
    </ul>
  )
}
