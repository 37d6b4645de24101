// All genres with their number of titles.
import { useSuspenseQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { usePageTitle } from '@shared/design/page-title.js'
import { genresQuery } from '../api/discovery.js'
import { GenreTiles } from '../components/genre-tiles.js'
import '../styles/browse.css'

export function GenresPage (): ReactNode {
  const t = useTranslations('browse')
  const { data: genres } = useSuspenseQuery(genresQuery())
  usePageTitle(t('genresTitle'))
  return (
    <div className="browse">
      <div className="page-heading">
        <h1>{t('genresTitle')}</h1>
        <Link to="/browse/$kind" params={{ kind: 'all' }} className="row-more">{t('all')}</Link>
      </div>
      <GenreTiles genres={genres} />
    </div>
  )
}
