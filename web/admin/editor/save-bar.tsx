// Saves the changes of a form, and shows a conflict with the change of another person.
import { useBlocker } from '@tanstack/react-router'
import { useRef, useState, type ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { isProblem } from '@shared/api/problem.js'
import { Button } from '@shared/design/button.js'
import { ConfirmDialog } from '@shared/design/confirm-dialog.js'
import { useFormErrorText } from '@shared/design/form-errors.js'
import { showMessage } from '@shared/design/toasts.js'
import { listDifferences, type Changes } from './use-changes.js'

interface SaveBarProps<Fields> {
  readonly form: Changes<Fields>
  readonly stored: Fields
  /** Saves the changes. @throws ApiProblem `precondition-failed` if another person has changed the resource */
  readonly onSave: () => Promise<void>
  /** Reads the resource again. @returns its fields */
  readonly onReload: () => Promise<Fields | undefined>
}

export function SaveBar<Fields extends object> (
  { form, stored, onSave, onReload }: SaveBarProps<Fields>,
): ReactNode {
  const t = useTranslations('editor')
  const common = useTranslations('common')
  const [isBusy, setBusy] = useState(false)
  const [error, setError] = useState<string | null>(null)
  const [conflicts, setConflicts] = useState<readonly string[] | null>(null)
  const isSaving = useRef(false)
  const nameField = (field: string): string => t.has(field as never) ? t(field as never) : field
  const describeError = useFormErrorText(nameField)
  const { status, proceed, reset } = useBlocker({
    // Another tab of the editor has the same path. Saving may lead to the page of a moved episode.
    shouldBlockFn: ({ current, next }) => form.isChanged && !isSaving.current && current.pathname !== next.pathname,
    enableBeforeUnload: form.isChanged,
    withResolver: true,
  })
  const save = async (): Promise<void> => {
    isSaving.current = true
    setBusy(true)
    setError(null)
    try {
      await onSave()
      setConflicts(null)
      showMessage(common('saved'))
    } catch (cause) {
      if (isProblem(cause, 'precondition-failed')) {
        const now = await onReload()
        setConflicts(now === undefined ? [] : listDifferences(stored, now))
      } else {
        setError(describeError(cause))
      }
    } finally {
      isSaving.current = false
      setBusy(false)
    }
  }
  const discard = (): void => {
    form.discard()
    setConflicts(null)
    setError(null)
  }
  const changed = Object.keys(form.changes)
  if (!form.isChanged && conflicts === null && error === null) return null
  return (
    <section className="save-bar" aria-label={t('changes')}>
      <div role="alert">
        {conflicts === null ? null : (
          <>
            <p>
              <strong>{t('conflict')}</strong>
            </p>
            <p>{t('conflictText', { fields: conflicts.map(nameField).join(', ') })}</p>
          </>
        )}
        {error === null ? null : <p className="form-problem">{error}</p>}
      </div>
      <div className="actions">
        <span className="quiet">{t('changed', { fields: changed.map(nameField).join(', ') })}</span>
        <Button look="quiet" onClick={discard}>{t('discard')}</Button>
        <Button look="main" isBusy={isBusy} disabled={!form.isChanged} onClick={() => void save()}>
          {conflicts === null ? common('save') : t('saveAnyway')}
        </Button>
      </div>
      <ConfirmDialog
        isOpen={status === 'blocked'}
        onClose={() => {
          if (status === 'blocked') reset()
        }}
        title={t('leave')}
        text={t('leaveText')}
        confirmLabel={t('discard')}
        onConfirm={async () => {
          if (status === 'blocked') proceed()
          await Promise.resolve()
        }}
      />
    </section>
  )
}
