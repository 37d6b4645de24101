// Sets, changes or removes the PIN of a profile.
import { useMutation } from '@tanstack/react-query'
import { useState, type ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import type { Profile } from '@shared/api/client.js'
import { isProblem } from '@shared/api/problem.js'
import { readSession, selectProfile } from '@shared/api/session.js'
import { Button } from '@shared/design/button.js'
import { TextField } from '@shared/design/field.js'
import { FormDialog } from '@shared/design/form-dialog.js'
import { useFormErrors } from '@shared/design/form-errors.js'
import { showMessage } from '@shared/design/toasts.js'
import { changeProfile, type ProfileChanges } from '../../api/profiles.js'
import { CurrentPasswordField } from './current-password-field.js'

/** A new PIN invalidates the tokens of the profile: this tab selects it again. */
async function savePin (profileId: string, pin: string | null, confirmation: ProfileChanges): Promise<void> {
  await changeProfile(profileId, { pin, ...confirmation })
  if (readSession().profileId === profileId) await selectProfile(profileId, pin)
}

const PIN_FIELD = {
  type: 'password',
  inputMode: 'numeric',
  pattern: '[0-9]{4,8}',
  minLength: 4,
  maxLength: 8,
  required: true,
  autoComplete: 'off',
} as const

interface PinDialogProps {
  readonly profile: Profile
  readonly isRemoval: boolean
  readonly onClose: () => void
}

export function PinDialog ({ profile, isRemoval, onClose }: PinDialogProps): ReactNode {
  const t = useTranslations('editProfile')
  const common = useTranslations('common')
  const [pin, setNewPin] = useState('')
  const [repetition, setRepetition] = useState('')
  const [isDifferent, setDifferent] = useState(false)
  const [confirmation, setConfirmation] = useState<ProfileChanges>({})
  const { mutate, isPending, error } = useMutation({
    mutationFn: async () => {
      await savePin(profile.id, isRemoval ? null : pin, confirmation)
    },
    onSuccess: () => {
      showMessage(t(isRemoval ? 'pinRemoved' : 'pinSet', { name: profile.name }))
      onClose()
    },
  })
  const { errorAt, formError } = useFormErrors(error, ['pin', 'currentPin', 'currentPassword'])
  // It is about the current PIN, not about the new one.
  const newPinError = isProblem(error, 'wrong-pin') ? null : errorAt('pin')
  return (
    <FormDialog
      isOpen
      onClose={onClose}
      title={t(isRemoval ? 'removePin' : profile.hasPin ? 'changePin' : 'setPin')}
      submitLabel={isRemoval ? t('removePin') : common('save')}
      isBusy={isPending}
      error={formError}
      onSubmit={() => {
        const areDifferent = !isRemoval && pin !== repetition
        setDifferent(areDifferent)
        if (!areDifferent) mutate()
      }}
    >
      {isRemoval ? <p>{t('removePinText')}</p> : null}
      {profile.hasPin
        ? <Confirmation value={confirmation} onChange={setConfirmation} errorAt={errorAt} />
        : null}
      {isRemoval ? null : (
        <>
          <TextField
            {...PIN_FIELD}
            label={t('newPin')}
            hint={t('pinRules')}
            error={newPinError}
            value={pin}
            onChange={({ target }) => {
              setNewPin(target.value)
            }}
          />
          <TextField
            {...PIN_FIELD}
            label={t('repeatPin')}
            error={isDifferent ? t('pinsDiffer') : null}
            value={repetition}
            onChange={({ target }) => {
              setRepetition(target.value)
              setDifferent(false)
            }}
          />
        </>
      )}
    </FormDialog>
  )
}

interface ConfirmationProps {
  readonly value: ProfileChanges
  readonly onChange: (value: ProfileChanges) => void
  readonly errorAt: (field: string) => string | null
}

/** The current PIN; the password of the account for those who have forgotten it. */
function Confirmation ({ value, onChange, errorAt }: ConfirmationProps): ReactNode {
  const t = useTranslations('editProfile')
  const usesPassword = value.currentPassword !== undefined
  return (
    <>
      {usesPassword
        ? (
          <CurrentPasswordField
            label={t('accountPassword')}
            error={errorAt('currentPassword')}
            value={value.currentPassword ?? ''}
            onChange={(currentPassword) => {
              onChange({ currentPassword })
            }}
          />
        )
        : (
          <TextField
            {...PIN_FIELD}
            label={t('currentPin')}
            error={errorAt('currentPin')}
            value={value.currentPin ?? ''}
            onChange={({ target }) => {
              onChange({ currentPin: target.value })
            }}
          />
        )}
      <Button
        look="quiet"
        isSmall
        onClick={() => {
          onChange(usesPassword ? { currentPin: '' } : { currentPassword: '' })
        }}
      >
        {t(usesPassword ? 'usePin' : 'usePassword')}
      </Button>
    </>
  )
}
