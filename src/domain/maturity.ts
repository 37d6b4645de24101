// Who may see what: one predicate over maturity rating, publication and availability, used by every reader of the catalogue.

/** The youngest age each rating is meant for, in years (MPA and US TV Parental Guidelines). */
export const MATURITY_AGES = {
  G: 0,
  PG: 8,
  'PG-13': 13,
  R: 17,
  'NC-17': 18,
  'TV-Y': 0,
  'TV-Y7': 7,
  'TV-G': 0,
  'TV-PG': 8,
  'TV-14': 14,
  'TV-MA': 17,
} as const

export type MaturityRating = keyof typeof MATURITY_AGES
export const MATURITY_RATINGS = Object.keys(MATURITY_AGES) as MaturityRating[]

export const ADULT_AGE = 18
/** A kids profile never has a higher ceiling than this. */
export const KIDS_MAX_AGE = 7

/** Through whose eyes the catalogue is seen. */
export interface MaturityScope {
  readonly kids: boolean
  readonly maxMaturityAge: number
}

/** The account's own token, not bound to a profile, sees as an adult. */
export const UNRESTRICTED_SCOPE: MaturityScope = { kids: false, maxMaturityAge: ADULT_AGE }

export interface Visibility {
  readonly maturityRating: MaturityRating | null
  readonly published: boolean
  readonly availableFrom: Date | null
  readonly availableUntil: Date | null
}

/** The ceiling in force: what was set, but never above the kids' ceiling on a kids profile. */
export function maturityCeiling (viewer: MaturityScope): number {
  return viewer.kids ? Math.min(viewer.maxMaturityAge, KIDS_MAX_AGE) : viewer.maxMaturityAge
}

/** Unrated titles are hidden from kids profiles only. */
export function isSuitable (viewer: MaturityScope, rating: MaturityRating | null): boolean {
  if (rating === null) return !viewer.kids
  return MATURITY_AGES[rating] <= maturityCeiling(viewer)
}

export function isAvailable (title: Visibility, now: Date): boolean {
  return title.published &&
    (title.availableFrom === null || title.availableFrom <= now) &&
    (title.availableUntil === null || now < title.availableUntil)
}

export function canSee (viewer: MaturityScope, title: Visibility, now: Date): boolean {
  return isAvailable(title, now) && isSuitable(viewer, title.maturityRating)
}
