// The plan of the account, with its price and limits.
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { useAccount } from '@shared/api/hooks.js'
import { buttonClass } from '@shared/design/button.js'
import { plansQuery } from '../../api/plans.js'
import { Panel } from '../panel.js'
import { PlanPrice, usePlanLimits } from '../plan-choice.js'

export function PlanPanel (): ReactNode {
  const t = useTranslations('account')
  const { plan: planId } = useAccount()
  const describeLimits = usePlanLimits()
  const { data: plans = [] } = useQuery(plansQuery())
  const plan = plans.find(({ id }) => id === planId)
  return (
    <Panel title={t('plan')} className="panel-plan">
      <div className="panel-row">
        <div className="panel-row-text">
          <strong className="plan-now">{plan?.name ?? planId}</strong>
          {plan === undefined
            ? null
            : (
              <>
                <span>
                  <PlanPrice plan={plan} />
                </span>
                <span className="quiet">{describeLimits(plan)}</span>
              </>
            )}
        </div>
        <Link to="/account/plan" className={buttonClass('main')}>{t('changePlan')}</Link>
      </div>
    </Panel>
  )
}
