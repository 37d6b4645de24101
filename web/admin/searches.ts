// The filters that pages have in their URL.

/** The dates of a period, `YYYY-MM-DD`; without them, the last 30 days. */
export interface PeriodSearch {
  readonly from?: string
  readonly to?: string
}

const isDate = (value: unknown): value is string => typeof value === 'string' && /^\d{4}-\d\d-\d\d$/.test(value)

export function validatePeriodSearch ({ from, to }: Record<string, unknown>): PeriodSearch {
  return { ...isDate(from) ? { from } : {}, ...isDate(to) ? { to } : {} }
}

const TYPES = ['movie', 'show'] as const
const SORTS = ['added', 'title', 'release', 'popularity'] as const

export interface CatalogueSearch {
  readonly q?: string
  readonly type?: typeof TYPES[number]
  readonly published?: boolean
  readonly sort?: typeof SORTS[number]
}

/** Returns the value if it is one of the list. */
function pick<T> (values: readonly T[], value: unknown): T | undefined {
  return values.find((one) => one === value)
}

export function validateCatalogueSearch (search: Record<string, unknown>): CatalogueSearch {
  const q = typeof search['q'] === 'string' && search['q'] !== '' ? search['q'] : undefined
  const type = pick(TYPES, search['type'])
  const sort = pick(SORTS, search['sort'])
  const published = pick([true, false], search['published'])
  return {
    ...q === undefined ? {} : { q },
    ...type === undefined ? {} : { type },
    ...published === undefined ? {} : { published },
    ...sort === undefined ? {} : { sort },
  }
}

/** The selected tab of an editor. */
export interface TabSearch {
  readonly tab?: string
}

export function validateTabSearch ({ tab }: Record<string, unknown>): TabSearch {
  return typeof tab === 'string' ? { tab } : {}
}
