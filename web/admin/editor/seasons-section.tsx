// The seasons of a show, with their episodes in place.
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Plus } from 'lucide-react'
import { useState, type FormEvent, type ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import type { Show } from '@shared/api/client.js'
import { Button } from '@shared/design/button.js'
import { useErrorText } from '@shared/design/error-text.js'
import { useCanEdit } from '../access.js'
import { putSeason } from '../api/editing.js'
import { Panel } from '../components/page.js'
import { OptionalNumber, OptionalText } from './fields.js'
import { SeasonPanel } from './season-panel.js'

export function SeasonsSection ({ show }: { readonly show: Show }): ReactNode {
  const t = useTranslations('seasons')
  const canEdit = useCanEdit()
  const numbers = show.seasons.map(({ number }) => number)
  return (
    <div className="sections">
      {show.seasons.length === 0 ? <p className="quiet">{t('none')}</p> : null}
      {show.seasons.map(({ number }) => (
        <SeasonPanel key={number} path={{ showId: show.id, season: number }} showTitle={show.title} />
      ))}
      {canEdit
        ? <NewSeason key={numbers.join()} showId={show.id} nextNumber={Math.max(0, ...numbers) + 1} />
        : null}
    </div>
  )
}

function NewSeason ({ showId, nextNumber }: { readonly showId: string, readonly nextNumber: number }): ReactNode {
  const t = useTranslations('seasons')
  const describeError = useErrorText()
  const queryClient = useQueryClient()
  const [number, setNumber] = useState<number | null>(nextNumber)
  const [title, setTitle] = useState<string | null>(null)
  const { mutate, isPending, error } = useMutation({
    mutationFn: async () => {
      await putSeason({ showId, season: number ?? nextNumber }, title)
    },
    onSuccess: async () => {
      await queryClient.invalidateQueries({ queryKey: ['titles'] })
    },
  })
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    mutate()
  }
  return (
    <Panel title={t('newSeason')}>
      <form className="inline-form" onSubmit={submit}>
        <OptionalNumber
          label={t('number')}
          hint={t('specials')}
          min={0}
          max={10_000}
          value={number}
          onChange={setNumber}
        />
        <OptionalText label={t('seasonTitle')} maxLength={500} value={title} onChange={setTitle} />
        <Button type="submit" icon={Plus} isBusy={isPending}>{t('addSeason')}</Button>
      </form>
      <p className="form-problem" role="alert">{error === null ? null : describeError(error)}</p>
    </Panel>
  )
}
