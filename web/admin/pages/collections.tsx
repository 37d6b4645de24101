// All collections, and a new one.
import { keepPreviousData, useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { Plus } from 'lucide-react'
import { useState, type FormEvent, type ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { Button } from '@shared/design/button.js'
import { useErrorText } from '@shared/design/error-text.js'
import { TextField } from '@shared/design/field.js'
import { useFormats } from '@shared/i18n/format.js'
import { useCanEdit } from '../access.js'
import { collectionListQuery, createCollection, type AdminCollection } from '../api/collections.js'
import type { DataColumn } from '../components/data-table.js'
import { PageHead, Panel } from '../components/page.js'
import { FlagFilter, SearchFilters } from '../components/search-filters.js'
import { PagedTable } from '../components/paged-table.js'
import { validateCollectionSearch } from '../searches.js'
import '../styles/editor.css'

export function CollectionsPage (): ReactNode {
  const t = useTranslations('collections')
  const canEdit = useCanEdit()
  const search = useSearch({ from: '/staff/collections' })
  const list = useInfiniteQuery({
    ...collectionListQuery(search),
    placeholderData: keepPreviousData,
  })
  const columns = useColumns()
  return (
    <>
      <PageHead title={t('title')} />
      <div className="sections">
        {canEdit ? <NewCollection /> : null}
        <Filters />
        <PagedTable
          list={list}
          label={t('title')}
          items={list.data?.pages.flatMap(({ items }) => items)}
          getId={({ id }) => id}
          columns={columns}
          emptyText={t('empty')}
        />
      </div>
    </>
  )
}

function useColumns (): Array<DataColumn<AdminCollection>> {
  const t = useTranslations('collections')
  const catalogue = useTranslations('catalogue')
  const { number } = useFormats()
  return [
    {
      id: 'title',
      header: t('name'),
      cell: ({ id, title }) => (
        <Link to="/collections/$collectionId" params={{ collectionId: id }} className="table-link">{title}</Link>
      ),
    },
    { id: 'kind', header: t('kind'), cell: ({ kind }) => t(kind) },
    {
      id: 'status',
      header: catalogue('status'),
      cell: ({ published }) => (
        <span className={`tag ${published ? 'tag-good' : 'tag-warm'}`}>
          {catalogue(published ? 'published' : 'draft')}
        </span>
      ),
    },
    {
      id: 'titles',
      header: t('titles'),
      isNumber: true,
      cell: ({ titleCount, unpublishedTitleCount: drafts }) => (
        <span className="stacked">
          <span>{number(titleCount)}</span>
          {drafts === 0 ? null : <small>{t('drafts', { count: drafts })}</small>}
        </span>
      ),
    },
  ]
}

function Filters (): ReactNode {
  const t = useTranslations('collections')
  const catalogue = useTranslations('catalogue')
  const search = useSearch({ from: '/staff/collections' })
  const navigate = useNavigate()
  const change = (fields: Record<string, unknown>): void => {
    void navigate({ to: '/collections', search: validateCollectionSearch({ ...search, ...fields }), replace: true })
  }
  return (
    <SearchFilters
      label={t('search')}
      query={search.q}
      maxLength={100}
      onSearch={(q) => {
        change({ q })
      }}
    >
      <FlagFilter
        label={catalogue('status')}
        value={search.published}
        anyLabel={catalogue('anyStatus')}
        trueLabel={catalogue('published')}
        falseLabel={catalogue('drafts')}
        onChange={(published) => {
          change({ published })
        }}
      />
    </SearchFilters>
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
