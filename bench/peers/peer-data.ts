// What the peers store: the same titles, accounts and progress as the service, in the simplest shape.
export interface PeerFile {
  readonly id: string
  readonly width: number
  readonly height: number
  readonly durationMs: number
  readonly sizeBytes: number
  readonly codec: string
  readonly language: string
}
export interface PeerEpisode {
  readonly id: string
  readonly number: number
  readonly title: string
  readonly synopsis: string
  readonly runtimeMs: number
  readonly airDate: string
  readonly files: readonly PeerFile[]
}
export interface PeerTitle {
  readonly _id: string
  readonly kind: 'movie' | 'show'
  readonly title: string
  readonly synopsis: string
  readonly releaseDate: string
  readonly genres: readonly string[]
  readonly maturityRating: string
  readonly cast: ReadonlyArray<{ readonly name: string, readonly role: string }>
  readonly crew: ReadonlyArray<{ readonly name: string, readonly role: string }>
  readonly popularity: number
  readonly runtimeMs?: number
  readonly files?: readonly PeerFile[]
  readonly seasons?: ReadonlyArray<{ readonly number: number, readonly episodes: readonly PeerEpisode[] }>
}
export interface PeerAccount {
  readonly _id: string
  readonly email: string
  readonly passwordHash: string
  readonly profiles: ReadonlyArray<{ readonly id: string, readonly name: string }>
}
export interface PeerProgress {
  /** See `progressId`. */
  readonly _id: string
  readonly account: string
  readonly profile: string
  readonly title: string
  readonly item: string
  readonly positionMs: number
  readonly durationMs: number
  readonly finished: boolean
  readonly at: Date
}

/** Contains the account, so that a write by ID cannot reach the progress of another account. */
export function progressId (
  { account, profile, item }: { readonly account: string, readonly profile: string, readonly item: string },
): string {
  return `${account}:${profile}:${item}`
}

/** An older event never replaces a newer one. */
export function updateOfProgress (positionMs: number, at: Date) {
  const isNewer = { $lte: ['$at', at] }
  return [{ $set: { positionMs: { $cond: [isNewer, positionMs, '$positionMs'] }, at: { $max: ['$at', at] } } }]
}

/** Fields of a card in lists. */
export const CARD_FIELDS = ['kind', 'title', 'releaseDate', 'genres', 'maturityRating', 'popularity'] as const
export const PAGE_SIZE = 20
