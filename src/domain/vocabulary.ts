// Values and limits of stored fields that the API shares.

/**
 * Steps that follow the encoding of a master, in the order in which they run:
 * - `subtitles`: the texts of the master become subtitles of the item
 * - `thumbnails`: seek thumbnails
 * - `pictures`: poster and backdrop, or still
 * - `original`: the video of the master as it is, beside its renditions
 */
export const STEP_KINDS = ['subtitles', 'thumbnails', 'pictures', 'original'] as const
export type StepKind = (typeof STEP_KINDS)[number]

/** A profile's rating of a title. */
export const TITLE_RATINGS = ['up', 'down', 'love'] as const
export type TitleRating = (typeof TITLE_RATINGS)[number]

/** A series has a fixed order; an editorial list is curated. */
export const COLLECTION_KINDS = ['series', 'editorial'] as const
export type CollectionKind = (typeof COLLECTION_KINDS)[number]
export const MAX_COLLECTION_TITLES = 500

/** Bounds the document: translations are embedded in titles, seasons and episodes. */
export const MAX_TRANSLATIONS = 60

/** Code points of a new password in NFKC. The configuration may require more than the minimum. */
export const MIN_PASSWORD_LENGTH = 8
export const MAX_PASSWORD_LENGTH = 128

/** What changed for a profile. `history`: all of it was cleared or restored. */
/** Kinds of changes in a change log. */
export const LOGGED_CHANGE_KINDS = ['watching', 'wishlist', 'rating', 'history', 'catalogue'] as const
export type LoggedChangeKind = (typeof LOGGED_CHANGE_KINDS)[number]
/** Kinds of changes in a feed: those of the account are found by comparison. */
export const CHANGE_KINDS = [...LOGGED_CHANGE_KINDS, 'account', 'streams'] as const
export type ChangeKind = (typeof CHANGE_KINDS)[number]

/** Outcome of an audited request: 2xx and 3xx, 4xx, 429, 5xx. */
export const AUDIT_RESULTS = ['ok', 'refused', 'throttled', 'failed'] as const
export type AuditResult = (typeof AUDIT_RESULTS)[number]

/**
 * Roles of accounts: viewers, and the staff. Support helps members, editors maintain titles and media, administrators
 * may do everything.
 */
export const ROLES = ['member', 'support', 'editor', 'admin'] as const
export type Role = (typeof ROLES)[number]
