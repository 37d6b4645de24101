// The profile selection.
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { Lock, Pencil, Plus } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import type { Profile } from '@shared/api/client.js'
import { useAccount } from '@shared/api/hooks.js'
import { selectProfile } from '@shared/api/session.js'
import { Avatar } from '@shared/design/avatar.js'
import { buttonClass } from '@shared/design/button.js'
import { Dialog } from '@shared/design/dialog.js'
import { useErrorText } from '@shared/design/error-text.js'
import { StartPage } from '@shared/design/form-page.js'
import { showMessage } from '@shared/design/toasts.js'
import { plansQuery } from '../api/plans.js'
import { PinForm } from '../components/pin-form.js'

export function ProfilesPage (): ReactNode {
  const t = useTranslations('profiles')
  const { profiles, plan: planId } = useAccount()
  const { data: plans = [] } = useQuery(plansQuery())
  const maxProfiles = plans.find(({ id }) => id === planId)?.maxProfiles ?? 0
  const describeError = useErrorText()
  const navigate = useNavigate()
  const queryClient = useQueryClient()
  const { next } = useSearch({ from: '/account-page/profiles' })
  const [guarded, setGuarded] = useState<Profile | null>(null)

  async function open (profile: Profile, pin: string | null): Promise<void> {
    await selectProfile(profile.id, pin)
    queryClient.clear()
    if (next === undefined) await navigate({ to: '/' })
    else await navigate({ href: next })
  }
  const choose = (profile: Profile): void => {
    if (profile.hasPin) setGuarded(profile)
    else {
      open(profile, null).catch((error: unknown) => {
        showMessage(describeError(error))
      })
    }
  }
  return (
    <StartPage title={t('whoIsWatching')}>
      <h1>{t('whoIsWatching')}</h1>
      <ul className="profiles">
        {profiles.map((profile, index) => (
          <li key={profile.id}>
            <button
              type="button"
              className="profile"
              disabled={profile.locked}
              autoFocus={index === 0}
              onClick={() => {
                choose(profile)
              }}
            >
              <Avatar profile={profile} />
              <span className="profile-name">
                {profile.name}
                {profile.hasPin ? <Lock className="icon" aria-label={t('hasPin')} /> : null}
              </span>
              {profile.locked ? <small>{t('locked')}</small> : profile.kids ? <small>{t('kids')}</small> : null}
            </button>
          </li>
        ))}
        {profiles.length < maxProfiles
          ? (
            <li>
              <Link to="/account/profiles/$profileId" params={{ profileId: 'new' }} className="profile profile-add">
                <span className="avatar" aria-hidden>
                  <Plus />
                </span>
                <span className="profile-name">{t('add')}</span>
              </Link>
            </li>
          )
          : null}
      </ul>
      <Link to="/account/profiles" className={buttonClass('quiet')}>
        <Pencil className="icon" aria-hidden />
        {t('manage')}
      </Link>
      <Dialog
        isOpen={guarded !== null}
        onClose={() => {
          setGuarded(null)
        }}
        title={t('pinOf', { name: guarded?.name ?? '' })}
      >
        <PinForm
          onCancel={() => {
            setGuarded(null)
          }}
          onSubmit={async (pin) => {
            if (guarded !== null) await open(guarded, pin)
          }}
        />
      </Dialog>
    </StartPage>
  )
}
