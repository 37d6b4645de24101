// The steps of a master in the encoding queue: states with reason and log, progress, and repetition.
import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { Button } from '@shared/design/button.js'
import { useErrorText } from '@shared/design/error-text.js'
import { showMessage } from '@shared/design/toasts.js'
import { retryEncodingStep, type EncodingJob, type EncodingStep } from '../api/encoding.js'
import { encodingKey, uploadsKey } from '../api/keys.js'
import { AttemptProgress, AttemptState } from './attempt-cells.js'

interface StepsProps {
  readonly job: EncodingJob
  /** Name of the master. */
  readonly name: string
}

export function EncodingSteps ({ job, name }: StepsProps): ReactNode {
  if (job.steps.length === 0) return '–'
  return (
    <ul className="steps">
      {job.steps.map((step) => (
        <li key={step.kind}>
          <Step jobId={job.id} step={step} masterName={name} />
        </li>
      ))}
    </ul>
  )
}

interface StepProps {
  readonly jobId: string
  readonly step: EncodingStep
  readonly masterName: string
}

function Step ({ jobId, step, masterName }: StepProps): ReactNode {
  const t = useTranslations('encoding')
  const { kind, state } = step
  const name = t('stepOf', { step: t(`step-${kind}`), name: masterName })
  return (
    <>
      <AttemptState attempt={step} label={t('stepState', { step: t(`step-${kind}`), state: t(`is-${state}`) })} />
      {state === 'running' ? <AttemptProgress attempt={step} name={name} /> : null}
      {state === 'failed' ? <RetryButton jobId={jobId} kind={kind} name={name} /> : null}
    </>
  )
}

interface RetryProps {
  readonly jobId: string
  readonly kind: EncodingStep['kind']
  readonly name: string
}

function RetryButton ({ jobId, kind, name }: RetryProps): ReactNode {
  const t = useTranslations('encoding')
  const queryClient = useQueryClient()
  const describeError = useErrorText()
  const { mutate, isPending } = useMutation({
    mutationFn: async () => await retryEncodingStep(jobId, kind),
    onSuccess: () => {
      showMessage(t('stepRetried'))
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
  return (
    <Button
      look="quiet"
      isSmall
      isBusy={isPending}
      aria-label={t('retryStepOf', { name })}
      onClick={() => {
        mutate()
      }}
    >
      {t('retryStep')}
    </Button>
  )
}
