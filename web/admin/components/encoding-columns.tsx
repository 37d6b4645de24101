// The columns of the encoding queue.
import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { Button } from '@shared/design/button.js'
import { useErrorText } from '@shared/design/error-text.js'
import { showMessage } from '@shared/design/toasts.js'
import { useFormats } from '@shared/i18n/format.js'
import { cancelEncodingJob, retryEncodingJob, type EncodingJob } from '../api/encoding.js'
import { encodingKey, uploadsKey } from '../api/keys.js'
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
    { id: 'steps', header: t('steps'), cell: (job) => <JobSteps job={job} /> },
    { id: 'attempts', header: jobs('attempts'), isNumber: true, cell: ({ attempts }) => number(attempts) },
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
  const queryClient = useQueryClient()
  const describeError = useErrorText()
  const canCancel = job.state === 'waiting' || job.state === 'running'
  const { mutate, isPending } = useMutation({
    mutationFn: async () => canCancel ? await cancelEncodingJob(job.id) : await retryEncodingJob(job.id),
    onSuccess: () => {
      showMessage(t(canCancel ? 'cancelled' : 'retried'))
    },
    onError: (error) => {
      showMessage(describeError(error))
    },
    // Also after a failure: the state has changed in between.
    onSettled: async () => {
      await queryClient.invalidateQueries({ queryKey: encodingKey('jobs') })
      await queryClient.invalidateQueries({ queryKey: uploadsKey('jobs') })
    },
  })
  if (job.state === 'done') return '–'
  return (
    <Button
      look="quiet"
      isSmall
      isBusy={isPending}
      aria-label={t(canCancel ? 'cancelOf' : 'retryOf', { name })}
      onClick={() => {
        mutate()
      }}
    >
      {t(canCancel ? 'cancel' : 'retry')}
    </Button>
  )
}
