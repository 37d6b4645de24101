// The change of the plan, with a preview of what it does to the profiles and the streams.
import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { useState, type ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { useAccount } from '@shared/api/hooks.js'
import { Button, buttonClass } from '@shared/design/button.js'
import { useErrorText } from '@shared/design/error-text.js'
import { usePageTitle } from '@shared/design/page-title.js'
import { Spinner } from '@shared/design/states.js'
import { showMessage } from '@shared/design/toasts.js'
import { changePlan, planPreviewQuery } from '../api/account.js'
import { plansQuery, type PlanName } from '../api/plans.js'
import { KeepProfiles } from '../components/account/keep-profiles.js'
import { PlanEffects } from '../components/account/plan-effects.js'
import { PlanChoice } from '../components/plan-choice.js'
import '../styles/settings.css'

export function PlanPage (): ReactNode {
  const t = useTranslations('planChange')
  const account = useAccount()
  const { data: plans = [], isPending } = useQuery(plansQuery())
  const [choice, setChoice] = useState<PlanName | null>(null)
  usePageTitle(t('changeTitle'))
  return (
    <div className="page settings">
      <h1>{t('changeTitle')}</h1>
      <p className="quiet">{t('changeText')}</p>
      {isPending
        ? <Spinner />
        : (
          <div className="plan-cards">
            <PlanChoice
              plans={plans}
              value={choice ?? plans.find(({ id }) => id === account.plan)?.id ?? null}
              current={account.plan}
              onChange={setChoice}
            />
          </div>
        )}
      {choice === null || choice === account.plan
        ? (
          <div className="actions">
            <Link to="/account" className={buttonClass('quiet')}>{t('keep')}</Link>
          </div>
        )
        : <PlanChange key={choice} plan={choice} name={plans.find(({ id }) => id === choice)?.name ?? choice} />}
    </div>
  )
}

function PlanChange ({ plan, name }: { readonly plan: PlanName, readonly name: string }): ReactNode {
  const t = useTranslations('planChange')
  const describeError = useErrorText()
  const navigate = useNavigate()
  const queryClient = useQueryClient()
  const { profiles } = useAccount()
  const { data: preview, error: previewError } = useQuery({
    ...planPreviewQuery(plan),
    placeholderData: keepPreviousData,
  })
  const [choice, setChoice] = useState<readonly string[] | null>(null)
  const needsChoice = preview?.needsChoice === true
  // Unlocked profiles come first, as in the preview.
  const suggestion = profiles.filter(({ locked }) => !locked).slice(0, preview?.maxProfiles).map(({ id }) => id)
  const kept = choice ?? suggestion
  const { mutate, isPending, error } = useMutation({
    mutationFn: async () => {
      await changePlan(plan, needsChoice ? kept : null)
    },
    onSuccess: async () => {
      showMessage(t('changed', { plan: name }))
      // The plan decides which formats a title has.
      queryClient.removeQueries({ queryKey: ['titles'] })
      queryClient.removeQueries({ queryKey: ['watching'] })
      await navigate({ to: '/account' })
    },
  })
  if (previewError !== null) return <p role="alert">{describeError(previewError)}</p>
  if (preview === undefined) return <Spinner />
  return (
    <section className="panel" aria-label={t('preview', { plan: name })}>
      <h2>{t('preview', { plan: name })}</h2>
      <PlanEffects preview={preview} />
      {needsChoice
        ? <KeepProfiles profiles={profiles} maxProfiles={preview.maxProfiles} value={kept} onChange={setChoice} />
        : null}
      <p className="form-problem" role="alert">{error === null ? null : describeError(error)}</p>
      <div className="actions">
        <Button
          look="main"
          isBusy={isPending}
          disabled={needsChoice && (kept.length === 0 || kept.length > preview.maxProfiles)}
          onClick={() => {
            mutate()
          }}
        >
          {t('changeTo', { plan: name })}
        </Button>
        <Link to="/account" className={buttonClass('quiet')}>{t('keep')}</Link>
      </div>
    </section>
  )
}
