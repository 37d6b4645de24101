// Cells of tables that list jobs with attempts: the state with its reason and log, and the progress.
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { useFormats } from '@shared/i18n/format.js'

const TAGS = {
  waiting: 'tag',
  running: 'tag tag-warm',
  failed: 'tag tag-bad',
  done: 'tag tag-good',
  cancelled: 'tag',
  skipped: 'tag tag-bad',
} as const

interface Attempt {
  readonly state: keyof typeof TAGS
  readonly attempts: number
  readonly nextAttemptAt: string | null
  readonly reason: { readonly text: string } | null
  readonly logTail: string
}

interface AttemptStateProps {
  readonly attempt: Attempt
  /** Name of the state. */
  readonly label: string
  /** What happens next, or what to do; null: nothing to say. */
  readonly hint?: string | null
}

/** The first attempt of a job that waits for its turn has no time that people need. */
export function AttemptState ({ attempt, label, hint = null }: AttemptStateProps): ReactNode {
  const t = useTranslations('jobs')
  const { dateTime } = useFormats()
  const { state, attempts, nextAttemptAt, reason, logTail } = attempt
  const isRepeated = attempts > 0 || reason !== null
  return (
    <span className="stacked attempt-state">
      <span className={TAGS[state]}>{label}</span>
      {reason === null ? null : <span>{reason.text}</span>}
      {hint === null ? null : <small>{hint}</small>}
      {nextAttemptAt === null || !isRepeated
        ? null
        : <small>{t('nextAttempt', { time: dateTime(nextAttemptAt) })}</small>}
      {logTail === '' ? null : (
        <details className="payload">
          <summary>{t('log')}</summary>
          <code>{logTail}</code>
        </details>
      )}
    </span>
  )
}

interface AttemptProgressProps {
  readonly attempt: Pick<Attempt, 'state'> & { readonly progress: number }
  /** Name of the job, for screen readers. */
  readonly name: string
}

export function AttemptProgress ({ attempt: { state, progress }, name }: AttemptProgressProps): ReactNode {
  const t = useTranslations('jobs')
  if (state !== 'running' && state !== 'done') return '–'
  return (
    <span className="queue-progress">
      <progress className="meter" value={progress} max={1} aria-label={t('progressOf', { name })} />
      <span>{t('percent', { progress })}</span>
    </span>
  )
}
