// The choice of an avatar from the set, or the first letter of the name.
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import type { Profile } from '@shared/api/client.js'
import { Avatar } from '@shared/design/avatar.js'
import { AVATARS } from '@shared/design/avatar-icons.js'
import type { AllMessages } from '../../messages/parts.js'

type AvatarName = keyof AllMessages['avatars']

interface AvatarChoiceProps {
  readonly profile: Pick<Profile, 'id' | 'name' | 'avatar'>
  readonly onChange: (avatar: string | null) => void
}

export function AvatarChoice ({ profile, onChange }: AvatarChoiceProps): ReactNode {
  const t = useTranslations('avatars')
  const profiles = useTranslations('editProfile')
  // An image that another client chose stays available.
  const isImage = profile.avatar !== null && AVATARS[profile.avatar] === undefined
  const choices = [null, ...isImage ? [profile.avatar] : [], ...Object.keys(AVATARS)]
  return (
    <fieldset className="avatars">
      <legend>{profiles('avatar')}</legend>
      {choices.map((avatar) => (
        <label key={avatar ?? ''} className="avatar-option">
          <input
            type="radio"
            name="avatar"
            checked={avatar === profile.avatar}
            aria-label={avatar === null
              ? t('letter')
              : t.has(avatar as AvatarName)
              ? t(avatar as AvatarName)
              : t('image')}
            onChange={() => {
              onChange(avatar)
            }}
          />
          <Avatar profile={{ ...profile, avatar }} />
        </label>
      ))}
    </fieldset>
  )
}
