// The filters of the table of titles. They are in the URL.
import { useState, type FormEvent, type ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { SelectField, TextField } from '@shared/design/field.js'
import { validateCatalogueSearch, type CatalogueSearch } from '../searches.js'

interface CatalogueFiltersProps {
  readonly search: CatalogueSearch
  readonly onChange: (search: CatalogueSearch) => void
}

const SORTS = ['added', 'title', 'release', 'popularity'] as const

export function CatalogueFilters ({ search, onChange }: CatalogueFiltersProps): ReactNode {
  const t = useTranslations('catalogue')
  const [text, setText] = useState(search.q ?? '')
  const change = (fields: Record<string, unknown>): void => {
    onChange(validateCatalogueSearch({ ...search, ...fields }))
  }
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    change({ q: text.trim() })
  }
  return (
    <form className="filters" role="search" onSubmit={submit}>
      <TextField
        label={t('search')}
        type="search"
        value={text}
        maxLength={100}
        onChange={({ target: { value } }) => {
          setText(value)
          if (value === '') change({ q: undefined })
        }}
      />
      <SelectField
        label={t('type')}
        value={search.type ?? ''}
        options={[
          { value: '', label: t('anyType') },
          { value: 'movie', label: t('movies') },
          { value: 'show', label: t('shows') },
        ]}
        onChange={({ target }) => {
          change({ type: target.value })
        }}
      />
      <SelectField
        label={t('status')}
        value={String(search.published ?? '')}
        options={[
          { value: '', label: t('anyStatus') },
          { value: 'true', label: t('published') },
          { value: 'false', label: t('drafts') },
        ]}
        onChange={({ target }) => {
          change({ published: target.value === '' ? undefined : target.value === 'true' })
        }}
      />
      <SelectField
        label={t('sort')}
        value={search.sort ?? 'added'}
        disabled={search.q !== undefined}
        options={SORTS.map((sort) => ({ value: sort, label: t(`sort-${sort}`) }))}
        onChange={({ target }) => {
          change({ sort: target.value })
        }}
      />
    </form>
  )
}
