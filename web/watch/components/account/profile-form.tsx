// The fields of a profile, except its PIN.
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { useState, type FormEvent, type ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { readSession } from '@shared/api/session.js'
import { Button, buttonClass } from '@shared/design/button.js'
import { useFormErrors } from '@shared/design/form-errors.js'
import { CheckField, TextField } from '@shared/design/field.js'
import { showMessage } from '@shared/design/toasts.js'
import { addProfile, changeProfile } from '../../api/profiles.js'
import { Panel } from '../panel.js'
import { AvatarChoice } from './avatar-choice.js'
import { LanguagePanel } from './language-panel.js'
import { MaturityField } from './maturity-field.js'
import { draftOf, type ProfileDraft } from './profile-draft.js'

const MAX_NAME_LENGTH = 50

interface ProfileFormProps {
  /** `id` is empty for a new profile. */
  readonly profile: ProfileDraft & { readonly id: string }
}

export function ProfileForm ({ profile }: ProfileFormProps): ReactNode {
  const t = useTranslations('editProfile')
  const common = useTranslations('common')
  const [draft, setDraft] = useState(() => draftOf(profile))
  const change = (part: Partial<ProfileDraft>): void => {
    setDraft({ ...draft, ...part })
  }
  const { mutate, isPending, error } = useSave(profile.id, draft)
  const { errorAt, formError } = useFormErrors(error, ['name'])
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    mutate()
  }
  return (
    <form className="settings-form" onSubmit={submit}>
      <Panel title={t('look')}>
        <TextField
          label={t('name')}
          required
          maxLength={MAX_NAME_LENGTH}
          autoComplete="off"
          error={errorAt('name')}
          value={draft.name}
          onChange={({ target }) => {
            change({ name: target.value })
          }}
        />
        <AvatarChoice
          profile={{ id: profile.id, name: draft.name, avatar: draft.avatar }}
          onChange={(avatar) => {
            change({ avatar })
          }}
        />
      </Panel>
      <Panel title={t('limits')}>
        <CheckField
          label={t('kidsProfile')}
          hint={t('kidsProfileText')}
          checked={draft.kids}
          onChange={({ target }) => {
            change({ kids: target.checked })
          }}
        />
        <MaturityField
          isKids={draft.kids}
          value={draft.maxMaturityAge}
          onChange={(maxMaturityAge) => {
            change({ maxMaturityAge })
          }}
        />
      </Panel>
      <LanguagePanel draft={draft} onChange={change} />
      <Panel title={t('playback')}>
        <CheckField
          label={t('autoplay')}
          hint={t('autoplayText')}
          checked={draft.autoplay}
          onChange={({ target }) => {
            change({ autoplay: target.checked })
          }}
        />
        <CheckField
          label={t('dropWatched')}
          hint={t('dropWatchedText')}
          checked={draft.dropWatchedMovies}
          onChange={({ target }) => {
            change({ dropWatchedMovies: target.checked })
          }}
        />
      </Panel>
      <p className="form-problem" role="alert">{formError}</p>
      <div className="actions">
        <Button look="main" type="submit" isBusy={isPending}>{profile.id === '' ? t('add') : common('save')}</Button>
        <Link to="/account/profiles" className={buttonClass('quiet')}>{common('cancel')}</Link>
      </div>
    </form>
  )
}

/** Saves a draft. @param profileId empty for a new profile */
function useSave (profileId: string, draft: ProfileDraft) {
  const t = useTranslations('editProfile')
  const navigate = useNavigate()
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: async () => {
      if (profileId === '') await addProfile(draft)
      else await changeProfile(profileId, draft)
    },
    onSuccess: async () => {
      showMessage(t(profileId === '' ? 'added' : 'saved', { name: draft.name }))
      // Limits and languages decide what its pages show.
      if (profileId === readSession().profileId) queryClient.clear()
      await navigate({ to: '/account/profiles' })
    },
  })
}
