// The profiles of the account.
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Lock, Pencil, Plus } from 'lucide-react'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { useAccount } from '@shared/api/hooks.js'
import { Avatar } from '@shared/design/avatar.js'
import { buttonClass } from '@shared/design/button.js'
import { usePageTitle } from '@shared/design/page-title.js'
import { plansQuery } from '../api/plans.js'
import '../styles/settings.css'

export function ManageProfilesPage (): ReactNode {
  const t = useTranslations('editProfile')
  const { profiles, plan: planId } = useAccount()
  const { data: plans = [] } = useQuery(plansQuery())
  usePageTitle(t('manage'))
  const plan = plans.find(({ id }) => id === planId)
  const isFull = plan !== undefined && profiles.length >= plan.maxProfiles
  return (
    <div className="page settings">
      <h1>{t('manage')}</h1>
      <ul className="profile-cards">
        {profiles.map((profile) => (
          <li key={profile.id}>
            <Link
              to="/account/profiles/$profileId"
              params={{ profileId: profile.id }}
              className="profile-card"
            >
              <Avatar profile={profile} />
              <span className="profile-card-text">
                <strong>
                  {profile.name}
                  {profile.hasPin ? <Lock className="icon" aria-label={t('hasPin')} /> : null}
                </strong>
                <small className="quiet">
                  {profile.locked
                    ? t('locked')
                    : profile.kids
                    ? t('kids')
                    : t('upToAge', { age: profile.maxMaturityAge })}
                </small>
              </span>
              <Pencil className="icon" role="img" aria-label={t('editName', { name: profile.name })} />
            </Link>
          </li>
        ))}
      </ul>
      {isFull
        ? (
          <p className="panel">
            {t('planFull', { plan: plan.name, count: plan.maxProfiles })}{' '}
            <Link to="/account/plan">{t('seePlans')}</Link>
          </p>
        )
        : (
          <div className="actions">
            <Link to="/account/profiles/$profileId" params={{ profileId: 'new' }} className={buttonClass('main')}>
              <Plus className="icon" aria-hidden />
              {t('add')}
            </Link>
          </div>
        )}
    </div>
  )
}
