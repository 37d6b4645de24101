// The filters of a browse page. Each value shows how many titles it leaves.
import { useNavigate } from '@tanstack/react-router'
import { clsx } from 'clsx'
import { SlidersHorizontal, X } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { Button } from '@shared/design/button.js'
import { formatResolution, useFormats } from '@shared/i18n/format.js'
import type { BrowseKind, BrowseSearch } from '../api/browse-search.js'
import type { Facets, MaturityRating, SortKey, SortOrder } from '../api/discovery.js'
import { FilterSelect, type FilterOption } from './filter-select.js'

interface BrowseFiltersProps {
  readonly kind: BrowseKind
  readonly search: BrowseSearch
  readonly facets: Facets | undefined
}

const YEARS_PER_DECADE = 10
/** Sort orders of the menu; the default of the page is the first. */
const SORTS = ['popularity', 'release', 'release-asc', 'added', 'title', 'title-desc'] as const

const yearsValue = (from: number, to: number): string => `${from}-${to}`
const decadeOf = (year: number): number => year - year % YEARS_PER_DECADE

export function BrowseFilters ({ kind, search, facets }: BrowseFiltersProps): ReactNode {
  const t = useTranslations('browse')
  const { language } = useFormats()
  const navigate = useNavigate()
  const change = (next: BrowseSearch): void => {
    void navigate({ to: '/browse/$kind', params: { kind }, search: next, resetScroll: false })
  }
  const { genre, yearFrom, yearTo, rating, minHeight, language: audio, sort = 'popularity', order, ...rest } = search
  const filter = { genre, yearFrom, yearTo, rating, minHeight, language: audio, sort: search.sort, order, ...rest }
  /** Sets or removes fields. */
  const changeTo = (fields: { readonly [Key in keyof BrowseSearch]?: BrowseSearch[Key] | undefined }): void => {
    const entries = Object.entries({ ...filter, ...fields }).filter(([, value]) => value !== undefined)
    change(Object.fromEntries(entries))
  }
  const hasFilter = [genre, yearFrom, yearTo, rating, minHeight, audio].some((value) => value !== undefined)
  const sortValue = order === undefined ? sort : `${sort}-${order}`
  const [isOpen, setOpen] = useState(false)
  return (
    <form className={clsx('filters', isOpen && 'is-open')} role="search" aria-label={t('filters')}>
      {/* Only small windows show the button; others show the filters. */}
      <Button
        look="quiet"
        icon={SlidersHorizontal}
        className="filters-toggle"
        aria-expanded={isOpen}
        onClick={() => {
          setOpen(!isOpen)
        }}
      >
        {t('showFilters')}
      </Button>
      <FilterSelect
        label={t('genre')}
        value={genre ?? ''}
        options={(facets?.genres ?? []).map(({ value, count }) => ({ value, label: value, count }))}
        onChange={(value) => {
          changeTo({ genre: value })
        }}
      />
      <FilterSelect
        label={t('year')}
        value={yearFrom === undefined || yearTo === undefined ? '' : yearsValue(yearFrom, yearTo)}
        options={listYears(facets, yearFrom, (decade) => t('decade', { decade: String(decade) }))}
        onChange={(value) => {
          const [from, to] = value?.split('-').map(Number) ?? []
          changeTo({ yearFrom: from, yearTo: to })
        }}
      />
      <FilterSelect
        label={t('rating')}
        value={rating ?? ''}
        options={(facets?.ratings ?? []).map(({ value, count }) => ({ value, label: value, count }))}
        onChange={(value) => {
          changeTo({ rating: value as MaturityRating | undefined })
        }}
      />
      <FilterSelect
        label={t('language')}
        value={audio ?? ''}
        options={(facets?.languages ?? []).map(({ value, count }) => ({ value, label: language(value), count }))}
        onChange={(value) => {
          changeTo({ language: value })
        }}
      />
      <FilterSelect
        label={t('resolution')}
        value={minHeight === undefined ? '' : String(minHeight)}
        options={(facets?.heights ?? []).map(({ value, count }) => ({
          value: String(value),
          label: t('atLeast', { resolution: formatResolution(value) }),
          count,
        }))}
        onChange={(value) => {
          changeTo({ minHeight: value === undefined ? undefined : Number(value) })
        }}
      />
      <FilterSelect
        label={t('sort')}
        value={SORTS.find((one) => one === sortValue) ?? 'popularity'}
        options={SORTS.map((value) => ({ value, label: t(`sorts.${value}`) }))}
        isRequired
        onChange={(value = 'popularity') => {
          const [key, direction] = value.split('-')
          changeTo({ sort: key as SortKey, order: direction as SortOrder | undefined })
        }}
      />
      {hasFilter
        ? (
          <Button
            look="quiet"
            icon={X}
            onClick={() => {
              changeTo({
                genre: undefined,
                yearFrom: undefined,
                yearTo: undefined,
                rating: undefined,
                minHeight: undefined,
                language: undefined,
              })
            }}
          >
            {t('clearFilters')}
          </Button>
        )
        : null}
    </form>
  )
}

/** The decades, newest first; and the years of the selected decade. */
function listYears (
  facets: Facets | undefined,
  selected: number | undefined,
  nameDecade: (decade: number) => string,
): FilterOption[] {
  return (facets?.decades ?? []).flatMap(({ value: decade, count }) => {
    const isSelected = selected !== undefined && decadeOf(selected) === decade
    const years = isSelected ? (facets?.years ?? []).filter(({ value }) => decadeOf(value) === decade) : []
    return [
      { value: yearsValue(decade, decade + YEARS_PER_DECADE - 1), label: nameDecade(decade), count },
      ...years.map((year) => ({
        value: yearsValue(year.value, year.value),
        label: String(year.value),
        count: year.count,
      })),
    ]
  })
}
