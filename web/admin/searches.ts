// The filters that pages have in their URL.
import { searchFields } from '@shared/search-fields.js'

/** The dates of a period, `YYYY-MM-DD`; without them, the last 30 days. */
export interface PeriodSearch {
  readonly from?: string
  readonly to?: string
}

function pickDate (value: unknown): string | undefined {
  const isDate = typeof value === 'string' && /^\d{4}-\d\d-\d\d$/.test(value) && !Number.isNaN(Date.parse(value))
  return isDate ? value : undefined
}

export function validatePeriodSearch ({ from, to }: Record<string, unknown>): PeriodSearch {
  return searchFields({ from: pickDate(from), to: pickDate(to) })
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
  return searchFields({
    q: pickText(search['q']),
    type: pick(TYPES, search['type']),
    published: pick([true, false], search['published']),
    sort: pick(SORTS, search['sort']),
  })
}

export interface CollectionSearch {
  readonly q?: string
  readonly published?: boolean
}

export function validateCollectionSearch (search: Record<string, unknown>): CollectionSearch {
  return searchFields({ q: pickText(search['q']), published: pick([true, false], search['published']) })
}

/** The selected tab of an editor. */
export interface TabSearch {
  readonly tab?: string
}

export function validateTabSearch ({ tab }: Record<string, unknown>): TabSearch {
  return searchFields({ tab: pickText(tab) })
}

const MEDIA_STATES = ['processing', 'failed', 'ready'] as const

export interface MediaSearch {
  readonly state?: typeof MEDIA_STATES[number]
}

export function validateMediaSearch (search: Record<string, unknown>): MediaSearch {
  return searchFields({ state: pick(MEDIA_STATES, search['state']) })
}

export const ENCODING_STATES = ['waiting', 'running', 'failed', 'done', 'cancelled'] as const

/** States of steps that have not added anything. */
export const STEP_STATES = ['waiting', 'running', 'failed'] as const

export interface EncodingSearch {
  readonly state?: typeof ENCODING_STATES[number]
  readonly stepState?: typeof STEP_STATES[number]
}

export function validateEncodingSearch (search: Record<string, unknown>): EncodingSearch {
  return searchFields({
    state: pick(ENCODING_STATES, search['state']),
    stepState: pick(STEP_STATES, search['stepState']),
  })
}

export const DETECTION_STATES = ['waiting', 'running', 'skipped', 'failed', 'done'] as const

export interface DetectionsSearch {
  readonly state?: typeof DETECTION_STATES[number]
}

export function validateDetectionsSearch (search: Record<string, unknown>): DetectionsSearch {
  return searchFields({ state: pick(DETECTION_STATES, search['state']) })
}

const ROLES = ['member', 'support', 'editor', 'admin'] as const
const RESULTS = ['ok', 'refused', 'throttled', 'failed'] as const

/** The router reads digits as a number. */
function pickText (value: unknown): string | undefined {
  const text = typeof value === 'number' ? String(value) : value
  return typeof text === 'string' && text !== '' ? text : undefined
}

export interface AccountSearch {
  /** A part of the email. */
  readonly q?: string
  readonly plan?: string
  readonly role?: typeof ROLES[number]
  readonly disabled?: boolean
}

export function validateAccountSearch (search: Record<string, unknown>): AccountSearch {
  return searchFields({
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
  return searchFields({
    account: pickText(search['account']),
    actor: pickText(search['actor']),
    action: pickText(search['action']),
    result: pick(RESULTS, search['result']),
    ...validatePeriodSearch(search),
  })
}
