// Creates a draft of a movie or show, and opens its editor.
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useNavigate, useParams } from '@tanstack/react-router'
import { useState, type FormEvent, type ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { Button } from '@shared/design/button.js'
import { useErrorText } from '@shared/design/error-text.js'
import { TextField } from '@shared/design/field.js'
import { createTitle } from '../api/editing.js'
import { PageHead } from '../components/page.js'
import { OptionalNumber } from '../editor/fields.js'
import '../styles/editor.css'

export function NewTitlePage (): ReactNode {
  const t = useTranslations('editor')
  const describeError = useErrorText()
  const navigate = useNavigate()
  const queryClient = useQueryClient()
  const kind = useParams({ from: '/staff/catalogue/new/$kind' }).kind === 'show' ? 'show' : 'movie'
  const [title, setTitle] = useState('')
  const [year, setYear] = useState<number | null>(null)
  const { mutate, isPending, error } = useMutation({
    mutationFn: async () => await createTitle(kind, title, year),
    onSuccess: async ({ id }) => {
      await queryClient.invalidateQueries({ queryKey: ['titles', 'list'] })
      if (kind === 'movie') await navigate({ to: '/catalogue/movies/$movieId', params: { movieId: id } })
      else await navigate({ to: '/catalogue/shows/$showId', params: { showId: id }, search: { tab: 'seasons' } })
    },
  })
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    mutate()
  }
  return (
    <>
      <PageHead title={t(kind === 'movie' ? 'newMovie' : 'newShow')} />
      <form className="panel section narrow" onSubmit={submit}>
        <p className="quiet">{t('newText')}</p>
        <TextField
          label={t('title')}
          required
          autoFocus
          maxLength={500}
          value={title}
          onChange={({ target }) => {
            setTitle(target.value)
          }}
        />
        <OptionalNumber label={t('year')} min={1870} max={2200} value={year} onChange={setYear} />
        <p className="form-problem" role="alert">{error === null ? null : describeError(error)}</p>
        <Button look="main" type="submit" isBusy={isPending}>{t('create')}</Button>
      </form>
    </>
  )
}
