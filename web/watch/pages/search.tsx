// Search while the user types: suggestions, the number of matches, and why each title matched.
import { useQuery } from '@tanstack/react-query'
import { Link, useSearch } from '@tanstack/react-router'
import { SearchX } from 'lucide-react'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { ErrorState, PageState } from '@shared/design/states.js'
import { usePageTitle } from '@shared/design/page-title.js'
import { genresQuery, searchQuery, suggestionsQuery, type TitleKind } from '../api/discovery.js'
import { CardGrid } from '../components/card-row.js'
import { GenreTiles } from '../components/genre-tiles.js'
import { describeMatch, MatchName, MatchText } from '../components/match-text.js'
import { SuggestionList } from '../components/suggestion-list.js'
import { SkeletonGrid } from '../components/skeletons.js'
import { TitleCard } from '../components/title-card.js'
import '../styles/browse.css'

const TYPES = [undefined, 'movie', 'show'] as const

export function SearchPage (): ReactNode {
  const t = useTranslations('search')
  const { q, type } = useSearch({ from: '/profile/search' })
  usePageTitle(q === '' ? t('title') : t('pageTitle', { query: q }))
  return <div className="browse">{q === '' ? <SearchStart /> : <SearchResults q={q} type={type} />}</div>
}

/** Genres, before a query is entered. */
function SearchStart (): ReactNode {
  const t = useTranslations('search')
  const { data: genres = [] } = useQuery(genresQuery())
  return (
    <>
      <div className="page-heading">
        <h1>{t('title')}</h1>
        <p className="quiet">{t('hint')}</p>
      </div>
      <GenreTiles genres={genres} />
    </>
  )
}

interface SearchResultsProps {
  readonly q: string
  readonly type: TitleKind | undefined
}

function SearchResults ({ q, type }: SearchResultsProps): ReactNode {
  const t = useTranslations('search')
  const { data: results, error, refetch, isPlaceholderData } = useQuery(searchQuery(q, type))
  const { data: suggestions = [] } = useQuery(suggestionsQuery(q))
  if (error !== null && results === undefined) {
    return (
      <ErrorState
        error={error}
        retry={() => {
          void refetch()
        }}
      />
    )
  }
  return (
    <>
      <div className="page-heading">
        <h1>
          {results === undefined
            ? t('pageTitle', { query: q })
            : t('count', { count: results.total, query: q })}
        </h1>
      </div>
      <SuggestionList suggestions={suggestions} />
      <nav className="tabs browse-kinds" aria-label={t('type')}>
        {TYPES.map((one) => (
          <Link
            key={one ?? 'all'}
            to="/search"
            search={one === undefined ? { q } : { q, type: one }}
            className="tab"
            aria-current={one === type ? 'page' : undefined}
          >
            {t(`types.${one ?? 'all'}`)}
          </Link>
        ))}
      </nav>
      {results === undefined
        ? <SkeletonGrid />
        : results.items.length === 0
        ? <PageState icon={SearchX} title={t('noResults', { query: q })} text={t('noResultsText')} level={2} />
        : (
          <>
            <CardGrid label={t('results')} isBusy={isPlaceholderData}>
              {results.items.map((hit, index) => (
                <TitleCard
                  key={hit.id}
                  card={hit}
                  index={index}
                  {...describeMatch(hit) === null
                    ? { name: <MatchName hit={hit} /> }
                    : { remark: <MatchText hit={hit} /> }}
                />
              ))}
            </CardGrid>
            {results.total > results.items.length
              ? <p className="page-note quiet">{t('best', { count: results.items.length })}</p>
              : null}
          </>
        )}
    </>
  )
}
