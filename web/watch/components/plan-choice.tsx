// The choice of a plan, with what each plan includes.
import type { ReactNode } from 'react'
import { useLocale, useTranslations } from 'use-intl'
import type { Plan } from '@shared/api/client.js'
import { formatResolution } from '@shared/i18n/format.js'
import type { PlanName } from '../api/plans.js'

interface PlanChoiceProps {
  readonly plans: readonly Plan[]
  readonly value: PlanName | null
  /** ID of the plan of the account. */
  readonly current?: string
  readonly onChange: (plan: PlanName) => void
}

export function PlanChoice ({ plans, value, current, onChange }: PlanChoiceProps): ReactNode {
  const t = useTranslations('plans')
  const describeLimits = usePlanLimits()
  return (
    <fieldset className="plans">
      <legend>{t('choose')}</legend>
      {plans.map((plan) => (
        <label key={plan.id} className="plan">
          <input
            type="radio"
            name="plan"
            value={plan.id}
            checked={plan.id === value}
            onChange={() => {
              onChange(plan.id)
            }}
          />
          <span className="plan-name">
            {plan.name}
            {plan.id === current ? <small className="badge">{t('current')}</small> : null}
          </span>
          <span className="plan-price">
            <PlanPrice plan={plan} />
          </span>
          <span className="quiet">{describeLimits(plan)}</span>
        </label>
      ))}
    </fieldset>
  )
}

/** Returns a function that describes the limits of a plan. */
export function usePlanLimits (): (plan: Pick<Plan, 'maxHeight' | 'maxStreams' | 'maxProfiles'>) => string {
  const t = useTranslations('plans')
  return ({ maxHeight, maxStreams, maxProfiles }) =>
    t('limits', { resolution: formatResolution(maxHeight), streams: maxStreams, profiles: maxProfiles })
}

export function PlanPrice ({ plan: { price } }: { readonly plan: Plan }): ReactNode {
  const t = useTranslations('plans')
  const locale = useLocale()
  const format = new Intl.NumberFormat(locale, { style: 'currency', currency: price.currency })
  return t('perMonth', { price: format.format(price.amount / 100) })
}
