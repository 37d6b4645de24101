// The PIN of a profile: set, change and remove.
import { useMutation } from '@tanstack/react-query'
import { useState, type ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import type { Profile } from '@shared/api/client.js'
import { readSession, selectProfile } from '@shared/api/session.js'
import { Button } from '@shared/design/button.js'
import { useFormErrors } from '@shared/design/form-errors.js'
import { TextField } from '@shared/design/field.js'
import { FormDialog } from '@shared/design/form-dialog.js'
import { showMessage } from '@shared/design/toasts.js'
import { changeProfile } from '../../api/profiles.js'
import { Panel } from '../panel.js'
import { useAction } from '../use-action.js'

/** A new PIN invalidates the tokens of the profile: this tab selects it again. */
async function setPin (profileId: string, pin: string | null): Promise<void> {
  await changeProfile(profileId, { pin })
  if (readSession().profileId === profileId) await selectProfile(profileId, pin)
}

export function PinPanel ({ profile }: { readonly profile: Profile }): ReactNode {
  const t = useTranslations('editProfile')
  const [isOpen, setOpen] = useState(false)
  const { mutate, isPending } = useAction(async () => {
    await setPin(profile.id, null)
  }, () => {
    showMessage(t('pinRemoved', { name: profile.name }))
  })
  return (
    <Panel title={t('pin')} text={t(profile.kids ? 'pinKidsText' : 'pinText')}>
      <div className="actions">
        <Button
          onClick={() => {
            setOpen(true)
          }}
        >
          {t(profile.hasPin ? 'changePin' : 'setPin')}
        </Button>
        {profile.hasPin
          ? (
            <Button
              look="quiet"
              isBusy={isPending}
              onClick={() => {
                mutate()
              }}
            >
              {t('removePin')}
            </Button>
          )
          : null}
      </div>
      {isOpen
        ? (
          <PinDialog
            profile={profile}
            onClose={() => {
              setOpen(false)
            }}
          />
        )
        : null}
    </Panel>
  )
}

function PinDialog ({ profile, onClose }: { readonly profile: Profile, readonly onClose: () => void }): ReactNode {
  const t = useTranslations('editProfile')
  const common = useTranslations('common')
  const [pin, setNewPin] = useState('')
  const [repetition, setRepetition] = useState('')
  const [isDifferent, setDifferent] = useState(false)
  const { mutate, isPending, error } = useMutation({
    mutationFn: async () => {
      await setPin(profile.id, pin)
    },
    onSuccess: () => {
      showMessage(t('pinSet', { name: profile.name }))
      onClose()
    },
  })
  const { errorAt, formError } = useFormErrors(error, ['pin'])
  const field = {
    type: 'password',
    inputMode: 'numeric',
    pattern: '[0-9]{4,8}',
    minLength: 4,
    maxLength: 8,
    required: true,
    autoComplete: 'off',
  } as const
  return (
    <FormDialog
      isOpen
      onClose={onClose}
      title={t(profile.hasPin ? 'changePin' : 'setPin')}
      submitLabel={common('save')}
      isBusy={isPending}
      error={formError}
      onSubmit={() => {
        setDifferent(pin !== repetition)
        if (pin === repetition) mutate()
      }}
    >
      <TextField
        {...field}
        label={t('newPin')}
        hint={t('pinRules')}
        error={errorAt('pin')}
        value={pin}
        onChange={({ target }) => {
          setNewPin(target.value)
        }}
      />
      <TextField
        {...field}
        label={t('repeatPin')}
        error={isDifferent ? t('pinsDiffer') : null}
        value={repetition}
        onChange={({ target }) => {
          setRepetition(target.value)
          setDifferent(false)
        }}
      />
    </FormDialog>
  )
}
