// The PIN of a profile.
import { useState, type FormEvent, type ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { Button } from '@shared/design/button.js'
import { useErrorText } from '@shared/design/error-text.js'

interface PinFormProps {
  /** Uses the PIN. The form shows its error. */
  readonly onSubmit: (pin: string) => Promise<void>
  readonly onCancel: () => void
}

export function PinForm ({ onSubmit, onCancel }: PinFormProps): ReactNode {
  const t = useTranslations('profiles')
  const common = useTranslations('common')
  const describeError = useErrorText()
  const [pin, setPin] = useState('')
  const [error, setError] = useState<unknown>(null)
  const [isBusy, setBusy] = useState(false)
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault()
    setBusy(true)
    try {
      await onSubmit(pin)
    } catch (cause) {
      setError(cause)
      setPin('')
    } finally {
      setBusy(false)
    }
  }
  return (
    <form className="pin-form" onSubmit={(event) => void submit(event)}>
      <input
        className="input pin"
        type="password"
        inputMode="numeric"
        pattern="[0-9]{4,8}"
        maxLength={8}
        required
        autoComplete="off"
        autoFocus
        aria-label={t('pin')}
        value={pin}
        onChange={({ target }) => {
          setPin(target.value)
        }}
      />
      <p className="form-problem" role="alert">{error === null ? null : describeError(error)}</p>
      <div className="dialog-actions">
        <Button look="quiet" onClick={onCancel}>{common('cancel')}</Button>
        <Button look="main" type="submit" isBusy={isBusy}>{t('continue')}</Button>
      </div>
    </form>
  )
}
