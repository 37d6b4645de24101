// Opens the media files of a movie or episode in the editor.
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'

interface ItemLinkProps {
  readonly item: {
    readonly itemId: string,
    readonly titleId: string,
    /** Null: a movie. */
    readonly season: number | null,
    readonly episode: number | null,
  }
  readonly children: ReactNode
}

export function ItemLink ({ item: { itemId, titleId, season, episode }, children }: ItemLinkProps): ReactNode {
  const search = { tab: 'media' }
  return season === null || episode === null
    ? (
      <Link to="/catalogue/movies/$movieId" params={{ movieId: itemId }} search={search} className="table-link">
        {children}
      </Link>
    )
    : (
      <Link
        to="/catalogue/shows/$showId/seasons/$season/episodes/$episode"
        params={{ showId: titleId, season: String(season), episode: String(episode) }}
        search={search}
        className="table-link"
      >
        {children}
      </Link>
    )
}
