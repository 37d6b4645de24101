// Adds episodes to a season: one name on each line.
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Plus } from 'lucide-react'
import { useState, type FormEvent, type ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import type { Episode } from '@shared/api/client.js'
import { Button } from '@shared/design/button.js'
import { useErrorText } from '@shared/design/error-text.js'
import { TextArea } from '@shared/design/field.js'
import { putEpisode, type SeasonPath } from '../api/editing.js'

interface NewEpisodesProps {
  readonly path: SeasonPath
  readonly episodes: readonly Episode[]
}

export function NewEpisodes ({ path, episodes }: NewEpisodesProps): ReactNode {
  const t = useTranslations('seasons')
  const describeError = useErrorText()
  const queryClient = useQueryClient()
  const [text, setText] = useState('')
  const names = text.split('\n').map((line) => line.trim()).filter((line) => line !== '')
  const { mutate, isPending, error } = useMutation({
    mutationFn: async () => {
      const first = Math.max(0, ...episodes.map(({ number }) => number)) + 1
      for (const [index, name] of names.entries()) await putEpisode({ ...path, episode: first + index }, name)
    },
    onSuccess: () => {
      setText('')
    },
    // Some of the episodes may exist after an error.
    onSettled: async () => {
      await queryClient.invalidateQueries({ queryKey: ['titles'] })
    },
  })
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    mutate()
  }
  return (
    <details className="disclosure" open={episodes.length === 0}>
      <summary>{t('newEpisodes')}</summary>
      <form className="section" onSubmit={submit}>
        <TextArea
          label={t('episodeNames')}
          hint={t('episodeNamesHint')}
          required
          rows={4}
          value={text}
          onChange={({ target }) => {
            setText(target.value)
          }}
        />
        <p className="form-problem" role="alert">{error === null ? null : describeError(error)}</p>
        <Button type="submit" icon={Plus} isBusy={isPending} disabled={names.length === 0}>
          {t('addEpisodes', { count: names.length })}
        </Button>
      </form>
    </details>
  )
}
