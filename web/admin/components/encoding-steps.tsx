// The steps of a master in the encoding queue: states with reason and log, progress, and repetition.
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { retryEncodingStep, type EncodingJob, type EncodingStep } from '../api/encoding.js'
import { encodingKey } from '../api/keys.js'
import { AttemptButton } from './attempt-button.js'
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
      {state !== 'failed' ? null : (
        <AttemptButton
          label={t('retryStepOf', { name })}
          change={async () => await retryEncodingStep(jobId, kind)}
          message={t('stepRetried')}
          queryKey={encodingKey('jobs')}
        >
          {t('retryStep')}
        </AttemptButton>
      )}
    </>
  )
}
