// The collections, and a new one.
import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { Plus } from 'lucide-react'
import { useState, type FormEvent, type ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { Button } from '@shared/design/button.js'
import { useErrorText } from '@shared/design/error-text.js'
import { TextField } from '@shared/design/field.js'
import { ErrorState, Spinner } from '@shared/design/states.js'
import { useFormats } from '@shared/i18n/format.js'
import { collectionListQuery, createCollection, type CollectionCard } from '../api/collections.js'
import { DataTable, type DataColumn } from '../components/data-table.js'
import { PageHead, Panel } from '../components/page.js'
import '../styles/editor.css'

export function CollectionsPage (): ReactNode {
  const t = useTranslations('collections')
  const common = useTranslations('common')
  const { number } = useFormats()
  const { data, isPending, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery(
    collectionListQuery(),
  )
  const columns: Array<DataColumn<CollectionCard>> = [
    {
      id: 'title',
      header: t('name'),
      cell: ({ id, title }) => (
        <Link to="/collections/$collectionId" params={{ collectionId: id }} className="table-link">{title}</Link>
      ),
    },
    { id: 'kind', header: t('kind'), cell: ({ kind }) => t(kind) },
    { id: 'titles', header: t('titles'), isNumber: true, cell: ({ titleCount }) => number(titleCount) },
  ]
  return (
    <>
      <PageHead title={t('title')} />
      <div className="sections">
        <NewCollection />
        {error === null ? null : <ErrorState error={error} retry={() => void refetch()} />}
        {isPending ? <Spinner /> : null}
        {data === undefined ? null : (
          <DataTable
            label={t('title')}
            items={data.pages.flatMap(({ items }) => items)}
            getId={({ id }) => id}
            columns={columns}
            emptyText={t('empty')}
          />
        )}
        {hasNextPage
          ? <Button isBusy={isFetchingNextPage} onClick={() => void fetchNextPage()}>{common('showMore')}</Button>
          : null}
      </div>
    </>
  )
}

function NewCollection (): ReactNode {
  const t = useTranslations('collections')
  const describeError = useErrorText()
  const navigate = useNavigate()
  const queryClient = useQueryClient()
  const [title, setTitle] = useState('')
  const { mutate, isPending, error } = useMutation({
    mutationFn: async () => await createCollection(title),
    onSuccess: async ({ id }) => {
      await queryClient.invalidateQueries({ queryKey: ['collections'] })
      await navigate({ to: '/collections/$collectionId', params: { collectionId: id } })
    },
  })
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    mutate()
  }
  return (
    <Panel title={t('new')}>
      <form className="inline-form" onSubmit={submit}>
        <TextField
          label={t('name')}
          required
          maxLength={500}
          value={title}
          onChange={({ target }) => {
            setTitle(target.value)
          }}
        />
        <Button type="submit" icon={Plus} isBusy={isPending}>{t('create')}</Button>
      </form>
      <p className="form-problem" role="alert">{error === null ? null : describeError(error)}</p>
    </Panel>
  )
}
