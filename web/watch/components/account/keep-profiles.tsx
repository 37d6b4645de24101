// The choice of the profiles that stay usable on a smaller plan.
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import type { Profile } from '@shared/api/client.js'
import { Avatar } from '@shared/design/avatar.js'

interface KeepProfilesProps {
  readonly profiles: readonly Profile[]
  readonly maxProfiles: number
  /** IDs of the profiles to keep. */
  readonly value: readonly string[]
  readonly onChange: (ids: readonly string[]) => void
}

export function KeepProfiles ({ profiles, maxProfiles, value, onChange }: KeepProfilesProps): ReactNode {
  const t = useTranslations('planChange')
  const isFull = value.length >= maxProfiles
  return (
    <fieldset className="keep-profiles">
      <legend>{t('keepProfiles', { count: maxProfiles })}</legend>
      <p className="quiet">{t('keepProfilesText')}</p>
      {profiles.map((profile) => {
        const isKept = value.includes(profile.id)
        return (
          <label key={profile.id} className="keep-profile">
            <input
              type="checkbox"
              checked={isKept}
              disabled={!isKept && isFull && maxProfiles > 1}
              onChange={() => {
                if (isKept) onChange(value.filter((id) => id !== profile.id))
                // With a single place, another choice replaces the first one.
                else onChange(maxProfiles === 1 ? [profile.id] : [...value, profile.id])
              }}
            />
            <Avatar profile={profile} />
            <span>{profile.name}</span>
            <small className="quiet">{t(isKept ? 'stays' : 'isLocked')}</small>
          </label>
        )
      })}
    </fieldset>
  )
}
