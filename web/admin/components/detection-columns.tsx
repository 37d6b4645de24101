// The columns of the detections of intros and credits.
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { useFormats } from '@shared/i18n/format.js'
import { requestDetection, type MarkerDetection } from '../api/detections.js'
import { detectionsKey } from '../api/keys.js'
import { AttemptButton } from './attempt-button.js'
import { AttemptProgress, AttemptState } from './attempt-cells.js'
import type { DataColumn } from './data-table.js'

interface DetectionProps {
  readonly detection: MarkerDetection
}

export function useDetectionColumns (): Array<DataColumn<MarkerDetection>> {
  const t = useTranslations('detections')
  const jobs = useTranslations('jobs')
  const { number, dateTime } = useFormats()
  return [
    { id: 'season', header: t('season'), cell: (detection) => <SeasonLink detection={detection} /> },
    { id: 'state', header: jobs('state'), cell: (detection) => <State detection={detection} /> },
    { id: 'progress', header: jobs('progress'), cell: (detection) => <Progress detection={detection} /> },
    { id: 'attempts', header: jobs('attempts'), isNumber: true, cell: ({ attempts }) => number(attempts) },
    { id: 'result', header: t('result'), cell: (detection) => <Result detection={detection} /> },
    {
      id: 'detected',
      header: t('detected'),
      cell: ({ detectedAt, queuedAt }) => (
        <span className="stacked">
          {detectedAt === null ? t('never') : dateTime(detectedAt)}
          <small>{t('queued', { time: dateTime(queuedAt) })}</small>
        </span>
      ),
    },
    { id: 'actions', header: jobs('actions'), cell: (detection) => <Actions detection={detection} /> },
  ]
}

function useSeasonName ({ title, season }: MarkerDetection): string {
  const t = useTranslations('jobs')
  return `${title ?? t('deletedTitle')} S${season}`
}

function SeasonLink ({ detection }: DetectionProps): ReactNode {
  const name = useSeasonName(detection)
  if (detection.title === null) return name
  return (
    <Link
      to="/catalogue/shows/$showId"
      params={{ showId: detection.titleId }}
      search={{ tab: 'seasons' }}
      className="table-link"
    >
      {name}
    </Link>
  )
}

function State ({ detection }: DetectionProps): ReactNode {
  const t = useTranslations('detections')
  const { state, title } = detection
  const hint = title !== null && (state === 'failed' || state === 'skipped') ? t(`${state}Hint`) : null
  return <AttemptState attempt={detection} label={t(`is-${state}`)} hint={hint} />
}

function Progress ({ detection }: DetectionProps): ReactNode {
  return <AttemptProgress attempt={detection} name={useSeasonName(detection)} />
}

function Result ({ detection }: DetectionProps): ReactNode {
  const t = useTranslations('detections')
  const { detectedAt, comparedEpisodes, introEpisodes, creditsEpisodes } = detection
  if (detectedAt === null) return '–'
  return (
    <span className="stacked">
      {t('compared', { count: comparedEpisodes })}
      <small>{t('intros', { count: introEpisodes })}</small>
      <small>{t('credits', { count: creditsEpisodes })}</small>
    </span>
  )
}

function Actions ({ detection }: DetectionProps): ReactNode {
  const t = useTranslations('detections')
  const name = useSeasonName(detection)
  if (detection.state === 'running' || detection.title === null) return '–'
  return (
    <AttemptButton
      label={t('detectOf', { name })}
      change={async () => await requestDetection(detection.titleId, detection.season)}
      message={t('requested')}
      queryKey={detectionsKey()}
    >
      {t('detect')}
    </AttemptButton>
  )
}
