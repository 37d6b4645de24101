// The columns of the encoding queue.
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { useFormats } from '@shared/i18n/format.js'
import { cancelEncodingJob, retryEncodingJob, type EncodingJob } from '../api/encoding.js'
import { encodingKey } from '../api/keys.js'
import { AttemptButton } from './attempt-button.js'
import { AttemptProgress, AttemptState } from './attempt-cells.js'
import type { DataColumn } from './data-table.js'
import { EncodingSteps } from './encoding-steps.js'
import { ItemLink } from './item-link.js'

interface JobProps {
  readonly job: EncodingJob
}

export function useEncodingColumns (): Array<DataColumn<EncodingJob>> {
  const t = useTranslations('encoding')
  const jobs = useTranslations('jobs')
  const { number, bytes, dateTime } = useFormats()
  return [
    { id: 'master', header: t('master'), cell: (job) => <MasterLink job={job} /> },
    { id: 'state', header: jobs('state'), cell: (job) => <JobState job={job} /> },
    { id: 'progress', header: jobs('progress'), cell: (job) => <JobProgress job={job} /> },
    { id: 'attempts', header: jobs('attempts'), isNumber: true, cell: ({ attempts }) => number(attempts) },
    { id: 'steps', header: t('steps'), cell: (job) => <JobSteps job={job} /> },
    {
      id: 'added',
      header: t('added'),
      cell: ({ createdAt, sizeBytes }) => (
        <span className="stacked">
          {dateTime(createdAt)}
          <small>{bytes(sizeBytes)}</small>
        </span>
      ),
    },
    { id: 'actions', header: jobs('actions'), cell: (job) => <JobActions job={job} /> },
  ]
}

function useJobName ({ title, season, episode, edition }: EncodingJob): string {
  const t = useTranslations('jobs')
  const numbers = season === null || episode === null ? '' : ` S${season} E${episode}`
  return `${title ?? t('deletedTitle')}${numbers}${edition === null ? '' : ` (${edition})`}`
}

function MasterLink ({ job }: JobProps): ReactNode {
  const name = useJobName(job)
  return job.title === null ? name : <ItemLink item={job}>{name}</ItemLink>
}

function JobState ({ job }: JobProps): ReactNode {
  const t = useTranslations('encoding')
  return <AttemptState attempt={job} label={t(`is-${job.state}`)} />
}

function JobProgress ({ job }: JobProps): ReactNode {
  return <AttemptProgress attempt={job} name={useJobName(job)} />
}

function JobSteps ({ job }: JobProps): ReactNode {
  return <EncodingSteps job={job} name={useJobName(job)} />
}

function JobActions ({ job }: JobProps): ReactNode {
  const t = useTranslations('encoding')
  const name = useJobName(job)
  const canCancel = job.state === 'waiting' || job.state === 'running'
  if (job.state === 'done') return '–'
  return (
    <AttemptButton
      label={t(canCancel ? 'cancelOf' : 'retryOf', { name })}
      change={async () => canCancel ? await cancelEncodingJob(job.id) : await retryEncodingJob(job.id)}
      message={t(canCancel ? 'cancelled' : 'retried')}
      queryKey={encodingKey('jobs')}
    >
      {t(canCancel ? 'cancel' : 'retry')}
    </AttemptButton>
  )
}
