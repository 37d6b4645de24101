// What the deletion of a title, season or episode would remove.
import { Type, type Static } from 'typebox'
import { NoContent, nullable, ref, responses, strict } from './common.js'

const count = (description: string) => Type.Integer({ description })
/** Counting stops at a time limit. */
const boundedCount = (description: string) =>
  nullable(Type.Integer(), `${description}; null: too many to count in time`)

export const DeletionPreview = Type.Object({
  episodes: count('Episodes that would be deleted'),
  mediaFiles: count('Media files that would be deleted'),
  mediaBytes: count('Size of these media files, bytes'),
  masters: count('Masters that would be deleted'),
  masterBytes: count('Size of these masters, bytes'),
  encodingJobs: count('Encodings of these masters that wait or run, which would stop'),
  subtitles: count('Subtitle files that would be deleted'),
  plays: boundedCount('Plays in histories, which stay'),
  streams: boundedCount('Accounts that are streaming it now'),
  wishlists: boundedCount('Accounts that have it on a wishlist'),
  ratings: boundedCount('Ratings'),
  collections: count('Collections that contain it'),
}, {
  $id: 'Removal',
  description: 'What a deletion would remove, and what it would leave without its title; nothing was deleted',
})
export type DeletionPreview = Static<typeof DeletionPreview>

export const DeletionQuery = strict({
  dryRun: Type.Optional(Type.Boolean({ description: 'Returns what would be deleted, and deletes nothing' })),
})
export const deletionResponses = responses({ 200: ref(DeletionPreview), 204: NoContent })
