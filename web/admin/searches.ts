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

export interface CollectionSearch {
  readonly q?: string
  readonly published?: boolean
}

export function validateCollectionSearch (search: Record<string, unknown>): CollectionSearch {
  return compact({ q: pickText(search['q']), published: pick([true, false], search['published']) })
}

/** The selected tab of an editor. */
export interface TabSearch {
  readonly tab?: string
}

export function validateTabSearch ({ tab }: Record<string, unknown>): TabSearch {
  return typeof tab === 'string' ? { tab } : {}
}

const MEDIA_STATES = ['processing', 'failed', 'ready'] as const

export interface MediaSearch {
  readonly state?: typeof MEDIA_STATES[number]
}

export function validateMediaSearch (search: Record<string, unknown>): MediaSearch {
  const state = pick(MEDIA_STATES, search['state'])
  return state === undefined ? {} : { state }
}

export const ENCODING_STATES = ['waiting', 'running', 'failed', 'done', 'cancelled'] as const

/** States of steps that have not added anything. */
export const STEP_STATES = ['waiting', 'running', 'failed'] as const

export interface EncodingSearch {
  readonly state?: typeof ENCODING_STATES[number]
  readonly stepState?: typeof STEP_STATES[number]
}

export function validateEncodingSearch (search: Record<string, unknown>): EncodingSearch {
  return compact({ state: pick(ENCODING_STATES, search['state']), stepState: pick(STEP_STATES, search['stepState']) })
}

export const DETECTION_STATES = ['waiting', 'running', 'skipped', 'failed', 'done'] as const

export interface DetectionsSearch {
  readonly state?: typeof DETECTION_STATES[number]
}

export function validateDetectionsSearch (search: Record<string, unknown>): DetectionsSearch {
  return compact({ state: pick(DETECTION_STATES, search['state']) })
}

const ROLES = ['member', 'support', 'editor', 'admin'] as const
const RESULTS = ['ok', 'refused', 'throttled', 'failed'] as const

function pickText (value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** Removes the fields without a value. */
function compact<Fields extends object> (
  fields: Fields,
): { [Name in keyof Fields]?: Exclude<Fields[Name], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as never
}

export interface AccountSearch {
  /** A part of the email. */
  readonly q?: string
  readonly plan?: string
  readonly role?: typeof ROLES[number]
  readonly disabled?: boolean
}

export function validateAccountSearch (search: Record<string, unknown>): AccountSearch {
  return compact({
    q: pickText(search['q']),
    plan: pickText(search['plan']),
    role: pick(ROLES, search['role']),
    disabled: pick([true, false], search['disabled']),
  })
}

export interface AuditSearch extends PeriodSearch {
  readonly account?: string
  readonly actor?: string
  readonly action?: string
  readonly result?: typeof RESULTS[number]
}

export function validateAuditSearch (search: Record<string, unknown>): AuditSearch {
  return compact({
    account: pickText(search['account']),
    actor: pickText(search['actor']),
    action: pickText(search['action']),
    result: pick(RESULTS, search['result']),
    ...validatePeriodSearch(search),
  })
}
