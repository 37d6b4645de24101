// A dialog with a form.
import type { FormEvent, ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { Button, type ButtonLook } from './button.js'
import { Dialog } from './dialog.js'

interface FormDialogProps {
  readonly isOpen: boolean
  readonly onClose: () => void
  readonly title: string
  readonly description?: string
  readonly submitLabel: string
  readonly look?: ButtonLook
  readonly isBusy: boolean
  /** The error that is not of a field. */
  readonly error: string | null
  readonly onSubmit: () => void
  readonly children: ReactNode
}

export function FormDialog (
  { isOpen, onClose, title, description, submitLabel, look = 'main', isBusy, error, onSubmit, children }:
    FormDialogProps,
): ReactNode {
  const t = useTranslations('common')
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    onSubmit()
  }
  return (
    <Dialog isOpen={isOpen} onClose={onClose} title={title} {...description === undefined ? {} : { description }}>
      <form className="form-dialog" onSubmit={submit}>
        {children}
        <p className="form-problem" role="alert">{error}</p>
        <div className="dialog-actions">
          <Button look="quiet" onClick={onClose}>{t('cancel')}</Button>
          <Button look={look} type="submit" isBusy={isBusy}>{submitLabel}</Button>
        </div>
      </form>
    </Dialog>
  )
}
