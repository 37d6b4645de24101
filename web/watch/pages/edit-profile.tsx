// A profile: name, avatar, languages, limits, PIN and playback. Also the form of a new profile.
import { Link, useParams } from '@tanstack/react-router'
import { UserX } from 'lucide-react'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { useAccount } from '@shared/api/hooks.js'
import { buttonClass } from '@shared/design/button.js'
import { usePageTitle } from '@shared/design/page-title.js'
import { PageState } from '@shared/design/states.js'
import { DeleteProfilePanel } from '../components/account/delete-profile-panel.js'
import { PinPanel } from '../components/account/pin-panel.js'
import { NEW_PROFILE } from '../components/account/profile-draft.js'
import { ProfileForm } from '../components/account/profile-form.js'
import '../styles/settings.css'

export function EditProfilePage (): ReactNode {
  const t = useTranslations('editProfile')
  const { profileId } = useParams({ from: '/account/account/profiles/$profileId' })
  const { profiles } = useAccount()
  const isNew = profileId === 'new'
  const profile = profiles.find(({ id }) => id === profileId)
  usePageTitle(isNew ? t('add') : profile?.name ?? t('manage'))
  if (profile === undefined && !isNew) {
    return (
      <PageState icon={UserX} title={t('missing')} text={t('missingText')}>
        <Link to="/account/profiles" className={buttonClass('main')}>{t('manage')}</Link>
      </PageState>
    )
  }
  return (
    <div className="page settings">
      <h1>{isNew ? t('add') : t('editName', { name: profile?.name ?? '' })}</h1>
      <ProfileForm key={profileId} profile={profile ?? NEW_PROFILE} />
      {profile === undefined
        ? null
        : (
          <>
            <PinPanel profile={profile} />
            {profiles.length > 1 ? <DeleteProfilePanel profile={profile} /> : null}
          </>
        )}
    </div>
  )
}
