// Browses movies, shows or both, with filters and a sort order that the URL contains.
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Link, useParams, useSearch } from '@tanstack/react-router'
import { SearchX } from 'lucide-react'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { buttonClass } from '@shared/design/button.js'
import { ErrorState, PageState } from '@shared/design/states.js'
import { usePageTitle } from '@shared/design/page-title.js'
import { parseBrowseKind, titleFilterOf, type BrowseKind, type BrowseSearch } from '../api/browse-search.js'
import { browseQuery, facetsQuery } from '../api/discovery.js'
import { BrowseFilters } from '../components/browse-filters.js'
import { CardGrid } from '../components/card-row.js'
import { ShowMore } from '../components/show-more.js'
import { SkeletonGrid } from '../components/skeletons.js'
import { TitleCard } from '../components/title-card.js'
import '../styles/browse.css'

const KINDS: readonly BrowseKind[] = ['all', 'movies', 'shows']

export function BrowsePage (): ReactNode {
  const t = useTranslations('browse')
  const kind = parseBrowseKind(useParams({ from: '/profile/browse/$kind' }).kind)
  const search = useSearch({ from: '/profile/browse/$kind' })
  const filter = titleFilterOf(kind, search)
  const { data: facets } = useQuery(facetsQuery(filter))
  const heading = search.genre === undefined ? t(kind) : t('kindOfGenre', { kind: t(kind), genre: search.genre })
  usePageTitle(heading)
  return (
    <div className="browse">
      <div className="page-heading">
        <h1>{heading}</h1>
        <p className="quiet" role="status">{facets === undefined ? '' : t('titleCount', { count: facets.total })}</p>
      </div>
      <nav className="tabs browse-kinds" aria-label={t('kinds')}>
        {KINDS.map((one) => (
          <Link
            key={one}
            to="/browse/$kind"
            params={{ kind: one }}
            search={search}
            className="tab"
            aria-current={one === kind ? 'page' : undefined}
          >
            {t(`tabs.${one}`)}
          </Link>
        ))}
      </nav>
      <BrowseFilters kind={kind} search={search} facets={facets} />
      <Results kind={kind} search={search} label={heading} />
    </div>
  )
}

interface ResultsProps {
  readonly kind: BrowseKind
  readonly search: BrowseSearch
  readonly label: string
}

function Results ({ kind, search, label }: ResultsProps): ReactNode {
  const t = useTranslations('browse')
  const { sort = 'popularity', order } = search
  const list = useInfiniteQuery(browseQuery({
    ...titleFilterOf(kind, search),
    sort,
    ...order === undefined ? {} : { order },
  }))
  if (list.isPending) return <SkeletonGrid />
  if (list.isError) {
    return (
      <ErrorState
        error={list.error}
        level={2}
        retry={() => {
          void list.refetch()
        }}
      />
    )
  }
  const cards = list.data.pages.flatMap(({ items }) => items)
  if (cards.length === 0) {
    return (
      <PageState icon={SearchX} title={t('noResults')} text={t('noResultsText')} level={2}>
        <Link to="/browse/$kind" params={{ kind }} search={{}} className={buttonClass('main')}>
          {t('clearFilters')}
        </Link>
      </PageState>
    )
  }
  return (
    <>
      <CardGrid label={label} isBusy={list.isPlaceholderData}>
        {cards.map((card, index) => <TitleCard key={card.id} card={card} index={index} />)}
      </CardGrid>
      <ShowMore list={list} />
    </>
  )
}
