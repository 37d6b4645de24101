// A dialog that asks before an action that cannot be undone easily.
import { useState, type ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { Button } from './button.js'
import { Dialog } from './dialog.js'
import { useErrorText } from './error-text.js'

interface ConfirmDialogProps {
  readonly isOpen: boolean
  readonly onClose: () => void
  readonly title: string
  readonly text: string
  readonly confirmLabel: string
  /** Runs the action. The dialog closes when it succeeds, and shows the error when it fails. */
  readonly onConfirm: () => Promise<unknown>
  readonly children?: ReactNode
}

export function ConfirmDialog (
  { isOpen, onClose, title, text, confirmLabel, onConfirm, children }: ConfirmDialogProps,
): ReactNode {
  const t = useTranslations('common')
  const describeError = useErrorText()
  const [isBusy, setBusy] = useState(false)
  const [error, setError] = useState<unknown>(null)
  const close = (): void => {
    setError(null)
    onClose()
  }
  const confirm = async (): Promise<void> => {
    setBusy(true)
    try {
      await onConfirm()
      close()
    } catch (cause) {
      setError(cause)
    } finally {
      setBusy(false)
    }
  }
  return (
    <Dialog isOpen={isOpen} onClose={close} title={title} description={text}>
      {children}
      <p className="form-problem" role="alert">{error === null ? null : describeError(error)}</p>
      <div className="dialog-actions">
        <Button look="quiet" onClick={close}>{t('cancel')}</Button>
        <Button look="danger" isBusy={isBusy} onClick={() => void confirm()}>{confirmLabel}</Button>
      </div>
    </Dialog>
  )
}
