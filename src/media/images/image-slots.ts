// Where titles and episodes have the URLs of their images, and what clients show while the images load.
import type { HydratedDocument, Types } from 'mongoose'
import type { StoredImage } from '../../../models/image.js'
import type { StoredEpisode } from '../../../models/show.js'
import type { StoredPlaceholder, StoredTitle } from '../../../models/title.js'
import { fail, notFound } from '../../errors.js'
import { findStoredItem } from '../change-title.js'

/** The images of a title, by the field that has the URL. */
export type ArtworkField = 'posterUrl' | 'backdropUrl' | 'logoUrl'
export const ARTWORK_FIELDS: readonly ArtworkField[] = ['posterUrl', 'backdropUrl', 'logoUrl']

type TitleDocument = HydratedDocument<StoredTitle>
export type SlotImage = Pick<StoredImage, '_id' | 'placeholder'>

/** URL of an image on this service. */
export function imageUrlOf (id: Types.ObjectId): string {
  return `/v1/images/${id.toString()}`
}

export interface ImageSlot {
  /** @returns null without an image */
  readUrl(title: TitleDocument): string | null
  /** Sets the URL of an image, and its placeholder. */
  write(title: TitleDocument, image: SlotImage): void
}

/** The poster, the backdrop or the logo of a title. */
export const artworkSlot = (field: ArtworkField): ImageSlot => ({
  readUrl: (title) => title[field] ?? null,
  write (title, image) {
    title.set(field, imageUrlOf(image._id))
    const urls = ARTWORK_FIELDS.map((one) => title[one])
    const used = (title.toObject().placeholders ?? []).filter((one) =>
      urls.includes(imageUrlOf(one.image)) && !one.image.equals(image._id)
    )
    title.set('placeholders', [...used, ...placeholdersOf(image)])
  },
})

/** The still of an episode. @throws DomainError 404 `not-found` */
export function stillSlot (episodeId: string): ImageSlot {
  const findEpisode = (title: TitleDocument): StoredEpisode =>
    findStoredItem(title, episodeId) as StoredEpisode | null ?? fail(notFound('episode'))
  return {
    readUrl: (title) => findEpisode(title).stillUrl ?? null,
    write (title, image) {
      const episode = findEpisode(title) as {
        stillUrl?: string | null,
        stillPlaceholder?: StoredPlaceholder | undefined,
      }
      episode.stillUrl = imageUrlOf(image._id)
      episode.stillPlaceholder = placeholdersOf(image)[0]
    },
  }
}

function placeholdersOf ({ _id: image, placeholder: hash }: SlotImage): StoredPlaceholder[] {
  return hash == null ? [] : [{ image, hash }]
}

/** The slots of a title that have an image. */
export function findSlots (title: TitleDocument, image: SlotImage): ImageSlot[] {
  const { seasons = [] } = title as unknown as { readonly seasons?: Array<{ episodes: StoredEpisode[] }> }
  const episodeIds = seasons.flatMap(({ episodes }) => episodes)
    .filter(({ stillUrl }) => stillUrl === imageUrlOf(image._id)).map(({ _id }) => _id.toString())
  return [...ARTWORK_FIELDS.map(artworkSlot), ...episodeIds.map(stillSlot)]
    .filter((slot) => slot.readUrl(title) === imageUrlOf(image._id))
}
