// What a deletion would take with it, counted before anything is deleted.
import mongoose, { Types } from 'mongoose'
import { Account } from '../../models/account.js'
import { AccountStreams } from '../../models/account-streams.js'
import { Media, type StoredMedia } from '../../models/media.js'
import { Play } from '../../models/play.js'
import { Show, type StoredShow } from '../../models/show.js'
import { ProfileTitlePreferences } from '../../models/profile-title-preferences.js'
import { notFound } from '../errors.js'
import type { Catalogue, CatalogueItem, CatalogueTitle } from '../catalogue/store/catalogue.js'

export interface DeletionPreview {
  /** Gone for good. */
  readonly episodes: number
  readonly mediaFiles: number
  readonly mediaBytes: number
  readonly subtitles: number
  /** Left without what they are about; null: too many to count in time. */
  readonly plays: number | null
  readonly streams: number | null
  readonly wishlists: number | null
  readonly ratings: number | null
  readonly collections: number
}

/** What is rarely asked has no index of its own: counting ends here. */
const COUNT_WITHIN_MS = 5_000
const TIME_LIMIT_EXCEEDED = 50

/** Which part of a title; all of it without a season. */
export interface DeletionScope {
  readonly kind: 'movie' | 'show'
  readonly id: string
  readonly season?: number
  readonly episode?: number
}

/** @throws DomainError 404 */
export async function previewDeletion (catalogue: Catalogue, scope: DeletionScope): Promise<DeletionPreview> {
  const title = catalogue.findTitle(scope.id)
  if (title?.kind !== scope.kind) throw notFound(scope.kind)
  const items = itemsIn(title, scope)
  if (items.length === 0 && scope.season !== undefined) await assertSeason(scope.id, scope.season)
  const ids = items.map(({ id }) => new Types.ObjectId(id))
  const isWhole = scope.season === undefined
  const media = await Media.find({ _id: mongoose.trusted({ $in: ids }) }).lean<StoredMedia[]>()
  const _id = new Types.ObjectId(title.id)
  const [plays, streams, wishlists, ratings] = await Promise.all([
    count(
      Play.countDocuments({
        ...(isWhole ? { title: _id } : { item: mongoose.trusted({ $in: ids }) }),
        kind: 'play',
        isPlayed: true,
      }),
    ),
    count(AccountStreams.countDocuments({ 'slots.item': mongoose.trusted({ $in: ids }) })),
    isWhole ? count(Account.countDocuments({ 'profiles.wishlist': _id })) : 0,
    isWhole
      ? count(ProfileTitlePreferences.countDocuments({ title: _id, rating: mongoose.trusted({ $ne: null }) }))
      : 0,
  ])
  return {
    episodes: scope.kind === 'show' ? items.length : 0,
    mediaFiles: sum(media, ({ files }) => files.length),
    mediaBytes: sum(media, ({ files }) => sum(files, ({ sizeBytes }) => sizeBytes)),
    subtitles: sum(media, ({ subtitles = [] }) => subtitles.length),
    plays,
    streams,
    wishlists,
    ratings,
    collections: isWhole ? catalogue.collectionsOf(title.id).length : 0,
  }
}

function itemsIn (title: CatalogueTitle, { season, episode }: DeletionScope): CatalogueItem[] {
  const items = title.items.filter((item) =>
    (season === undefined || item.season === season) && (episode === undefined || item.episode === episode)
  )
  if (episode !== undefined && items.length === 0) throw notFound('episode')
  return items
}

/** A season may have no episodes: then only the show knows of it. */
async function assertSeason (showId: string, number: number): Promise<void> {
  const show = await Show.findById(showId, { 'seasons.number': 1 }).lean<Pick<StoredShow, 'seasons'>>()
  if (show?.seasons.some((season) => season.number === number) !== true) throw notFound('season')
}

async function count (query: { maxTimeMS(ms: number): PromiseLike<number> }): Promise<number | null> {
  try {
    return await query.maxTimeMS(COUNT_WITHIN_MS)
  } catch (error) {
    if (error instanceof mongoose.mongo.MongoServerError && error.code === TIME_LIMIT_EXCEEDED) return null
    throw error
  }
}

function sum<T> (list: readonly T[], of: (one: T) => number): number {
  return list.reduce((total, one) => total + of(one), 0)
}
