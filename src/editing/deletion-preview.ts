// Counts what a deletion would remove, and what would stay without its title.
import mongoose, { Types } from 'mongoose'
import { Account } from '../../models/account.js'
import { AccountStreams } from '../../models/account-streams.js'
import { EncodingJob, type StoredEncodingJob } from '../../models/encoding-job.js'
import { Media, type StoredMedia } from '../../models/media.js'
import { Play } from '../../models/play.js'
import { ProfileTitlePreferences } from '../../models/profile-title-preferences.js'
import { Show, type StoredShow } from '../../models/show.js'
import type { Catalogue, CatalogueItem, CatalogueTitle } from '../catalogue/store/catalogue.js'
import { notFound } from '../errors.js'
import { requireSeason } from './edit-show.js'

/** Null instead of a count: the query took too long. */
export interface DeletionPreview {
  /** Removed. */
  readonly episodes: number
  /** Removed. */
  readonly mediaFiles: number
  /** Removed. */
  readonly mediaBytes: number
  /** Removed. */
  readonly masters: number
  /** Removed. */
  readonly masterBytes: number
  /** Waiting or running; stopped. */
  readonly encodingJobs: number
  /** Removed. */
  readonly subtitles: number
  /** Stay in the histories. */
  readonly plays: number | null
  /** Accounts with a running stream. */
  readonly streams: number | null
  /** Accounts with the title on a wishlist. */
  readonly wishlists: number | null
  readonly ratings: number | null
  readonly collections: number
}

/** Rare queries have no index, so their time is limited. */
const COUNT_TIMEOUT_MS = 5_000
/** Error code of MongoDB for an exceeded `maxTimeMS`. */
const MAX_TIME_MS_EXPIRED = 50

/** A title, or the season or episode of it that is to be deleted. */
export interface DeletionScope {
  readonly kind: 'movie' | 'show'
  readonly id: string
  readonly season?: number
  readonly episode?: number
}

/** @throws DomainError 404 `not-found` */
export async function previewDeletion (
  catalogue: Pick<Catalogue, 'findTitle' | 'collectionsWithTitle'>,
  scope: DeletionScope,
): Promise<DeletionPreview> {
  const title = catalogue.findTitle(scope.id)
  if (title?.kind !== scope.kind) throw notFound(scope.kind)
  const items = itemsInScope(title, scope)
  if (items.length === 0 && scope.season !== undefined) await assertSeasonExists(scope.id, scope.season)
  const itemIds = items.map(({ id }) => new Types.ObjectId(id))
  const isWholeTitle = scope.season === undefined
  const media = await Media.find({ _id: mongoose.trusted({ $in: itemIds }) }).lean<StoredMedia[]>()
  const masters = await EncodingJob.find({ item: mongoose.trusted({ $in: itemIds }) } as never)
    .select('sizeBytes state').lean<Array<Pick<StoredEncodingJob, 'sizeBytes' | 'state'>>>()
  const titleId = new Types.ObjectId(title.id)
  const [plays, streams, wishlists, ratings] = await Promise.all([
    countWithTimeout(
      Play.countDocuments({
        ...(isWholeTitle ? { title: titleId } : { item: mongoose.trusted({ $in: itemIds }) }),
        kind: 'play',
        isPlayed: true,
      }),
    ),
    countWithTimeout(AccountStreams.countDocuments({ 'leases.item': mongoose.trusted({ $in: itemIds }) })),
    isWholeTitle ? countWithTimeout(Account.countDocuments({ 'profiles.wishlist': titleId })) : 0,
    isWholeTitle
      ? countWithTimeout(
        ProfileTitlePreferences.countDocuments({ title: titleId, rating: mongoose.trusted({ $ne: null }) }),
      )
      : 0,
  ])
  return {
    episodes: scope.kind === 'show' ? items.length : 0,
    mediaFiles: sumOf(media, ({ files }) => files.length),
    mediaBytes: sumOf(media, ({ files }) => sumOf(files, ({ sizeBytes }) => sizeBytes)),
    masters: masters.length,
    masterBytes: sumOf(masters, ({ sizeBytes }) => sizeBytes),
    encodingJobs: masters.filter(({ state }) => state === 'waiting' || state === 'running').length,
    subtitles: sumOf(media, ({ subtitles = [] }) => subtitles.length),
    plays,
    streams,
    wishlists,
    ratings,
    collections: isWholeTitle ? catalogue.collectionsWithTitle(title.id).length : 0,
  }
}

function itemsInScope (title: CatalogueTitle, { season, episode }: DeletionScope): CatalogueItem[] {
  const items = title.items.filter((item) =>
    (season === undefined || item.season === season) && (episode === undefined || item.episode === episode)
  )
  if (episode !== undefined && items.length === 0) throw notFound('episode')
  return items
}

/** The catalogue in memory does not contain seasons without episodes. */
async function assertSeasonExists (showId: string, number: number): Promise<void> {
  const show = await Show.findById(showId, { 'seasons.number': 1 }).lean<Pick<StoredShow, 'seasons'>>()
  requireSeason(show ?? { seasons: [] }, number)
}

async function countWithTimeout (query: { maxTimeMS(ms: number): PromiseLike<number> }): Promise<number | null> {
  try {
    return await query.maxTimeMS(COUNT_TIMEOUT_MS)
  } catch (error) {
    if (error instanceof mongoose.mongo.MongoServerError && error.code === MAX_TIME_MS_EXPIRED) return null
    throw error
  }
}

function sumOf<T> (list: readonly T[], valueOf: (one: T) => number): number {
  return list.reduce((total, one) => total + valueOf(one), 0)
}
