// The choice of a season; the URL contains it. Many seasons are in a menu of the browser.
import { Link, useNavigate } from '@tanstack/react-router'
import { Check } from 'lucide-react'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import type { Schemas, Show } from '@shared/api/client.js'

const MAX_TABS = 6

interface SeasonTabsProps {
  readonly show: Show
  readonly selected: number
}

/** Returns a function that names a season. */
export function useSeasonName (): (season: Pick<Schemas['SeasonSummary'], 'number' | 'title'>) => string {
  const t = useTranslations('title')
  return ({ number, title }) => title ?? (number === 0 ? t('specials') : t('season', { number }))
}

export function SeasonTabs ({ show, selected }: SeasonTabsProps): ReactNode {
  const t = useTranslations('title')
  const nameSeason = useSeasonName()
  const seasons = show.seasons.filter(({ episodeCount }) => episodeCount > 0)
  if (seasons.length > MAX_TABS) return <SeasonSelect show={show} selected={selected} />
  return (
    <nav className="tabs" aria-label={t('seasons')}>
      {seasons.map((season) => (
        <Link
          key={season.number}
          to="/show/$titleId"
          params={{ titleId: show.id }}
          search={{ season: season.number }}
          replace
          resetScroll={false}
          className="tab"
          aria-current={season.number === selected ? 'true' : undefined}
        >
          {nameSeason(season)}
          {season.finishedCount === season.episodeCount
            ? <Check className="icon" role="img" aria-label={t('watched')} />
            : null}
        </Link>
      ))}
    </nav>
  )
}

function SeasonSelect ({ show, selected }: SeasonTabsProps): ReactNode {
  const t = useTranslations('title')
  const nameSeason = useSeasonName()
  const navigate = useNavigate()
  return (
    <select
      className="input season-select"
      aria-label={t('seasons')}
      value={selected}
      onChange={({ target }) => {
        void navigate({
          to: '/show/$titleId',
          params: { titleId: show.id },
          search: { season: Number(target.value) },
          replace: true,
          resetScroll: false,
        })
      }}
    >
      {show.seasons.filter(({ episodeCount }) => episodeCount > 0).map((season) => (
        <option key={season.number} value={season.number}>
          {`${nameSeason(season)} · ${
            t('watchedOf', { count: season.finishedCount ?? 0, total: season.episodeCount })
          }`}
        </option>
      ))}
    </select>
  )
}
