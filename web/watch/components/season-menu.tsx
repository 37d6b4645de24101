// Marks the selected season or the whole show as watched or not watched.
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import type { Season, Show } from '@shared/api/client.js'
import { ActionMenu } from './action-menu.js'
import { useSeasonName } from './season-tabs.js'
import { useMarks } from './use-marks.js'

export function SeasonMenu ({ show, season }: { readonly show: Show, readonly season: Season }): ReactNode {
  const t = useTranslations('watched')
  const nameSeason = useSeasonName()
  const { mark, isMarking } = useMarks()
  const name = `${show.title} · ${nameSeason(season)}`
  const markSeason = (isWatched: boolean) => () => {
    mark({ targets: [{ id: show.id, season: season.number }], isWatched, name })
  }
  const markShow = (isWatched: boolean) => () => {
    mark({ targets: [{ id: show.id }], isWatched, name: show.title })
  }
  return (
    <ActionMenu
      label={t('seasonActions')}
      isDisabled={isMarking}
      actions={[
        { label: t('markSeasonWatched'), run: markSeason(true) },
        { label: t('markSeasonUnwatched'), run: markSeason(false) },
        { label: t('markShowWatched'), run: markShow(true) },
        { label: t('markShowUnwatched'), run: markShow(false) },
      ]}
    />
  )
}
