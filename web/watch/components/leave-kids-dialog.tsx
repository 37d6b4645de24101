// Leaving a kids profile asks for the PIN of the profile that is opened next, if one of the account has a PIN.
import { useNavigate } from '@tanstack/react-router'
import { type ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { useSession } from '@shared/api/hooks.js'
import { selectProfile } from '@shared/api/session.js'
import { Button } from '@shared/design/button.js'
import { Dialog } from '@shared/design/dialog.js'
import { PinForm } from './pin-form.js'

export function LeaveKidsDialog ({ isOpen, onClose }: { isOpen: boolean, onClose: () => void }): ReactNode {
  const t = useTranslations('profiles')
  const common = useTranslations('common')
  const navigate = useNavigate()
  const { account } = useSession()
  const guarded = account?.profiles.find(({ hasPin, kids, locked }) => hasPin && !kids && !locked) ?? null
  const leave = async (): Promise<void> => {
    onClose()
    await navigate({ to: '/profiles' })
  }
  if (guarded === null) {
    return (
      <Dialog isOpen={isOpen} onClose={onClose} title={t('leaveKids')} description={t('leaveKidsText')}>
        <div className="dialog-actions">
          <Button look="quiet" onClick={onClose}>{common('cancel')}</Button>
          <Button look="main" onClick={() => void leave()}>{t('leave')}</Button>
        </div>
      </Dialog>
    )
  }
  return (
    <Dialog isOpen={isOpen} onClose={onClose} title={t('leaveKids')} description={t('pinOf', { name: guarded.name })}>
      <PinForm
        onCancel={onClose}
        onSubmit={async (pin) => {
          await selectProfile(guarded.id, pin)
          await leave()
        }}
      />
    </Dialog>
  )
}
