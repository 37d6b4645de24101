// Asks to confirm the email address, until the link in the email was opened.
import { useMutation } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import type { Account } from '@shared/api/client.js'
import { Button } from '@shared/design/button.js'
import { useErrorText } from '@shared/design/error-text.js'
import { sendVerification } from '../api/account.js'

export function VerifyNotice ({ account }: { readonly account: Account }): ReactNode {
  const t = useTranslations('verification')
  const describeError = useErrorText()
  const { mutate, isPending, isSuccess, error } = useMutation({ mutationFn: sendVerification })
  return (
    <section className="verify-notice" aria-label={t('verify')}>
      <p role="status">
        {error !== null
          ? describeError(error)
          : t(isSuccess ? 'verificationSent' : 'verifyText', { email: account.email })}
      </p>
      {isSuccess
        ? null
        : (
          <Button
            look="quiet"
            isSmall
            isBusy={isPending}
            onClick={() => {
              mutate()
            }}
          >
            {t('sendAgain')}
          </Button>
        )}
    </section>
  )
}
