// The profiles of the account, with a link to each one.
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { useAccount } from '@shared/api/hooks.js'
import { Avatar } from '@shared/design/avatar.js'
import { buttonClass } from '@shared/design/button.js'
import { Panel } from '../panel.js'

export function ProfilesPanel (): ReactNode {
  const t = useTranslations('account')
  const { profiles } = useAccount()
  return (
    <Panel title={t('profiles')}>
      <div className="panel-row">
        <ul className="panel-avatars">
          {profiles.map((profile) => (
            <li key={profile.id}>
              <Link to="/account/profiles/$profileId" params={{ profileId: profile.id }} className="panel-avatar">
                <Avatar profile={profile} />
                <span>{profile.name}</span>
              </Link>
            </li>
          ))}
        </ul>
        <Link to="/account/profiles" className={buttonClass()}>{t('manageProfiles')}</Link>
      </div>
    </Panel>
  )
}
