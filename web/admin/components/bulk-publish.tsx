// Publishes or unpublishes the selected titles, and reports the result.
import { useQueryClient } from '@tanstack/react-query'
import { useState, type ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { Button } from '@shared/design/button.js'
import { useErrorText } from '@shared/design/error-text.js'
import { publishTitles, type AdminTitle } from '../api/titles.js'

interface BulkResult {
  readonly changed: number
  readonly failed: ReadonlyArray<{ readonly title: AdminTitle, readonly error: string }>
}

interface BulkPublishProps {
  readonly titles: readonly AdminTitle[]
  readonly onClear: () => void
}

export function BulkPublish ({ titles, onClear }: BulkPublishProps): ReactNode {
  const t = useTranslations('catalogue')
  const queryClient = useQueryClient()
  const describeError = useErrorText()
  const [progress, setProgress] = useState<{ readonly done: number, readonly total: number } | null>(null)
  const [result, setResult] = useState<BulkResult | null>(null)
  const [error, setError] = useState<string | null>(null)
  const run = async (isPublished: boolean): Promise<void> => {
    setResult(null)
    setError(null)
    try {
      const results = await publishTitles(titles.map(({ id }) => id), isPublished, (done) => {
        setProgress({ done, total: titles.length })
      })
      setResult({
        changed: results.filter(({ result }) => result === 'changed').length,
        failed: titles.flatMap((title) => {
          const { failure = null, result } = results.find(({ titleId }) => titleId === title.id) ?? {}
          if (result === 'changed' || result === 'unchanged') return []
          return [{ title, error: failure?.detail ?? t('missing') }]
        }),
      })
      onClear()
    } catch (cause) {
      setError(describeError(cause))
    } finally {
      setProgress(null)
    }
    await queryClient.invalidateQueries({ queryKey: ['titles'] })
  }
  return (
    <div className="bulk">
      {titles.length === 0 ? null : (
        <div className="actions">
          <strong>{t('selected', { count: titles.length })}</strong>
          <Button look="main" isSmall isBusy={progress !== null} onClick={() => void run(true)}>{t('publish')}</Button>
          <Button isSmall isBusy={progress !== null} onClick={() => void run(false)}>{t('unpublish')}</Button>
          <Button look="bare" onClick={onClear}>{t('clearSelection')}</Button>
        </div>
      )}
      <div role="status">
        {progress === null
          ? null
          : (
            <>
              <progress className="meter" value={progress.done} max={progress.total} aria-label={t('publish')} />
              <span>{t('bulkProgress', progress)}</span>
            </>
          )}
        {result === null ? null : <BulkReport result={result} />}
        {error === null ? null : <p className="form-problem">{error}</p>}
      </div>
    </div>
  )
}

function BulkReport ({ result: { changed, failed } }: { readonly result: BulkResult }): ReactNode {
  const t = useTranslations('catalogue')
  return (
    <>
      <p>{t('bulkDone', { count: changed })}</p>
      {failed.length === 0
        ? null
        : (
          <>
            <p className="form-problem">{t('bulkFailed', { count: failed.length })}</p>
            <ul className="bullets">
              {failed.map(({ title, error }) => <li key={title.id}>{title.title}: {error}</li>)}
            </ul>
          </>
        )}
    </>
  )
}
