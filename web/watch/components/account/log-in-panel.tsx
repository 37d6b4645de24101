// The email and the password of the account.
import { useState, type ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { useAccount } from '@shared/api/hooks.js'
import { Button } from '@shared/design/button.js'
import { showMessage } from '@shared/design/toasts.js'
import { sendVerification } from '../../api/account.js'
import { Panel, PanelRow } from '../panel.js'
import { useAction } from '../use-action.js'
import { ChangeEmailDialog, ChangePasswordDialog } from './credential-dialogs.js'

export function LogInPanel (): ReactNode {
  const t = useTranslations('account')
  const verificationText = useTranslations('verification')
  const { email, emailVerified } = useAccount()
  const [open, setOpen] = useState<'email' | 'password' | null>(null)
  const verification = useAction(sendVerification, () => {
    showMessage(verificationText('verificationSent', { email }))
  })
  const close = (): void => {
    setOpen(null)
  }
  return (
    <Panel title={t('logInData')}>
      <PanelRow label={email} text={t(emailVerified ? 'emailVerified' : 'emailUnverified')}>
        {emailVerified
          ? null
          : (
            <Button
              look="quiet"
              isBusy={verification.isPending}
              onClick={() => {
                verification.mutate()
              }}
            >
              {verificationText('sendAgain')}
            </Button>
          )}
        <Button
          onClick={() => {
            setOpen('email')
          }}
        >
          {t('changeEmail')}
        </Button>
      </PanelRow>
      <PanelRow label={t('password')} text="••••••••">
        <Button
          onClick={() => {
            setOpen('password')
          }}
        >
          {t('changePassword')}
        </Button>
      </PanelRow>
      {open === 'email' ? <ChangeEmailDialog onClose={close} /> : null}
      {open === 'password' ? <ChangePasswordDialog onClose={close} /> : null}
    </Panel>
  )
}
