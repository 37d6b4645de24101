// Which titles a profile may see: maturity rating, publication and availability, for all catalogue reads.

/** Minimum age of each rating, years (MPA ratings and US TV Parental Guidelines). */
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
/** Highest maturity age of a kids profile. */
export const KIDS_MAX_AGE = 7

/** Maturity limits of a catalogue read. */
export interface MaturityScope {
  readonly kids: boolean
  readonly maxMaturityAge: number
}

/** Scope of requests without a profile. */
export const UNRESTRICTED_SCOPE: MaturityScope = { kids: false, maxMaturityAge: ADULT_AGE }

export interface Visibility {
  readonly maturityRating: MaturityRating | null
  readonly published: boolean
  readonly availableFrom: Date | null
  readonly availableUntil: Date | null
}

/** Highest maturity age that a scope allows, years. */
export function maturityCeiling (scope: MaturityScope): number {
  return scope.kids ? Math.min(scope.maxMaturityAge, KIDS_MAX_AGE) : scope.maxMaturityAge
}

/** Everything in a scope that decides visibility, for cache keys. */
export function visibilityKey (scope: MaturityScope): [isKids: boolean, maxAge: number] {
  return [scope.kids, maturityCeiling(scope)]
}

/** Unrated titles are hidden from kids profiles only. */
export function isSuitable (scope: MaturityScope, rating: MaturityRating | null): boolean {
  if (rating === null) return !scope.kids
  return MATURITY_AGES[rating] <= maturityCeiling(scope)
}

export function isAvailable (title: Visibility, now: Date): boolean {
  return title.published &&
    (title.availableFrom === null || title.availableFrom <= now) &&
    (title.availableUntil === null || now < title.availableUntil)
}

/** True if a title is available and within the maturity limits. */
export function isVisible (scope: MaturityScope, title: Visibility, now: Date): boolean {
  return isAvailable(title, now) && isSuitable(scope, title.maturityRating)
}
