// The page of a show, with the episodes of one season.
import { keepPreviousData, useQuery, useSuspenseQuery } from '@tanstack/react-query'
import { useParams, useSearch } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import type { ContinueCard, Season, Show } from '@shared/api/client.js'
import { ErrorState, Spinner } from '@shared/design/states.js'
import { usePageTitle } from '@shared/design/page-title.js'
import { continueCardQuery, seasonQuery, showQuery } from '../api/titles.js'
import { EpisodeList } from '../components/episode-list.js'
import { CastRow } from '../components/people.js'
import { PlayButtons } from '../components/play-buttons.js'
import { SeasonMenu } from '../components/season-menu.js'
import { SeasonTabs } from '../components/season-tabs.js'
import { SimilarRow } from '../components/similar-row.js'
import { TechnicalDetails } from '../components/technical-details.js'
import { TitleHero } from '../components/title-hero.js'
import '../styles/title.css'
import '../styles/episodes.css'

export function ShowPage (): ReactNode {
  const { titleId } = useParams({ from: '/profile/show/$titleId' })
  const { season: requested } = useSearch({ from: '/profile/show/$titleId' })
  const { data: show } = useSuspenseQuery(showQuery(titleId))
  const { data: card } = useSuspenseQuery(continueCardQuery(titleId))
  usePageTitle(show.title)
  const number = selectSeason(show, requested, card)
  const season = useQuery({
    ...seasonQuery(titleId, number ?? 0),
    enabled: number !== null,
    // The page does not jump while another season loads.
    placeholderData: keepPreviousData,
  })
  return (
    <article className="title-page">
      <TitleHero title={show} play={<PlayButtons title={show} card={card} season={season.data ?? null} />} />
      {number === null ? null : (
        <Episodes
          show={show}
          number={number}
          season={season.data ?? null}
          isStale={season.isPlaceholderData}
          error={season.error}
          retry={() => {
            void season.refetch()
          }}
        />
      )}
      <CastRow cast={show.credits.cast} />
      <SimilarRow titleId={titleId} />
      <TechnicalDetails files={season.data?.episodes.flatMap(({ mediaFiles }) => mediaFiles) ?? []} />
    </article>
  )
}

/** Selects the season of the URL, that of the next episode, or the first; specials only without another season. */
function selectSeason ({ seasons }: Show, requested: number | undefined, card: ContinueCard | null): number | null {
  const numbers = seasons.filter(({ episodeCount }) => episodeCount > 0).map(({ number }) => number)
  return [requested, card?.item.season, numbers.find((number) => number > 0)]
    .find((number) => typeof number === 'number' && numbers.includes(number)) ?? numbers[0] ?? null
}

interface EpisodesProps {
  readonly show: Show
  readonly number: number
  readonly season: Season | null
  /** The season is the one before, while another one loads. */
  readonly isStale: boolean
  readonly error: unknown
  readonly retry: () => void
}

function Episodes ({ show, number, season, isStale, error, retry }: EpisodesProps): ReactNode {
  const t = useTranslations('title')
  return (
    <section className="title-body" aria-label={t('episodes')} aria-busy={isStale}>
      <div className="season-bar">
        <h2 className="row-title">{t('episodes')}</h2>
        <SeasonTabs show={show} selected={number} />
        {season === null || isStale ? null : <SeasonMenu show={show} season={season} />}
      </div>
      {season === null
        ? error === null ? <Spinner /> : <ErrorState error={error} retry={retry} level={2} />
        : (
          <>
            {season.synopsis === null ? null : <p className="season-synopsis">{season.synopsis}</p>}
            <EpisodeList show={show} season={season} />
          </>
        )}
    </section>
  )
}
