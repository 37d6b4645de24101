// The filters of the table of titles. They are in the URL.
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { SelectField } from '@shared/design/field.js'
import { validateCatalogueSearch, type CatalogueSearch } from '../searches.js'
import { FlagFilter, SearchFilters } from './search-filters.js'

interface CatalogueFiltersProps {
  readonly search: CatalogueSearch
  readonly onChange: (search: CatalogueSearch) => void
}

const SORTS = ['added', 'title', 'release', 'popularity'] as const

export function CatalogueFilters ({ search, onChange }: CatalogueFiltersProps): ReactNode {
  const t = useTranslations('catalogue')
  const change = (fields: Record<string, unknown>): void => {
    onChange(validateCatalogueSearch({ ...search, ...fields }))
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
      <FlagFilter
        label={t('status')}
        value={search.published}
        anyLabel={t('anyStatus')}
        trueLabel={t('published')}
        falseLabel={t('drafts')}
        onChange={(published) => {
          change({ published })
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
    </SearchFilters>
  )
}
