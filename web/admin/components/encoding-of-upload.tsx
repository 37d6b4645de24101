// The state of the job that encodes an uploaded master.
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useEffect, type ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { encodingJobQuery } from '../api/encoding.js'

export function EncodingOfUpload ({ encodingJobId }: { readonly encodingJobId: string }): ReactNode {
  const t = useTranslations('media')
  const queryClient = useQueryClient()
  const { data: job } = useQuery(encodingJobQuery(encodingJobId))
  const state = job?.state ?? 'waiting'
  const progress = state === 'running' ? job?.progress ?? 0 : 0
  // Renditions are added while the job runs.
  useEffect(() => {
    void queryClient.invalidateQueries({ queryKey: ['titles'] })
  }, [state, queryClient])
  return (
    <div className="actions">
      <Link to="/media/encoding" className="table-link">{t(`encoding-${state}`)}</Link>
      {state === 'running'
        ? <progress className="meter" value={progress} max={1} aria-label={t('job-encoding')} />
        : null}
      {job?.reason == null ? null : <p className="field-error">{job.reason.text}</p>}
    </div>
  )
}
