// What an uploader says of a file, and how an upload that can be resumed is seen.
import { Type, type Static } from 'typebox'
import type { StoredUpload } from '../../models/media-upload.js'
import type { DeclaredMetadata } from '../media/upload/media-files.js'
import { Id, nullable, strict, Timestamp } from './common.js'

const TAG = '[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*'
const Tags = { pattern: `^${TAG}(,${TAG})*$`, maxLength: 500 }
const claims = {
  language: Type.Optional(
    Type.String({
      ...Tags,
      description: 'Of the audio, BCP 47; several with commas. When left out, what the file says',
      examples: ['en'],
    }),
  ),
  subtitles: Type.Optional(Type.String({ ...Tags, description: 'Languages of subtitles in the file' })),
  edition: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 100,
      description: "theatrical, director's cut …",
      examples: ["director's cut"],
    }),
  ),
}

export const UploadQuery = strict(claims)
export type UploadFields = Static<typeof UploadQuery>

/** The metadata of a resumable upload. Clients add members of their own, such as a file's name: they are ignored. */
export const UploadMetadata = Type.Object({
  ...claims,
  itemId: Id,
  filetype: Type.Optional(Type.String({ maxLength: 100 })),
  sha256: Type.Optional(Type.String({ pattern: '^[0-9A-Fa-f]{64}$' })),
})
export type UploadMetadataFields = Static<typeof UploadMetadata>

export function toDeclaredMetadata ({ language, subtitles, edition }: UploadFields): DeclaredMetadata {
  const list = (text: string | undefined): string[] => text === undefined ? [] : text.split(',')
  return { languages: list(language), subtitleLanguages: list(subtitles), edition: edition ?? null }
}

export const UploadView = Type.Object({
  id: Id,
  itemId: Type.String({ description: 'The movie or episode that the file is for' }),
  state: Type.Union([
    Type.Literal('uploading'),
    Type.Literal('processing'),
    Type.Literal('ready'),
    Type.Literal('failed'),
  ], { description: 'processing: complete, being hashed and probed' }),
  receivedBytes: Type.Integer({ minimum: 0, description: 'Where the upload goes on' }),
  sizeBytes: Type.Integer({ minimum: 1, description: 'As it was announced' }),
  mediaFileId: nullable(Id, 'null until it is ready'),
  failure: nullable(
    Type.Object({
      code: Type.String({ description: 'As of problems', examples: ['unreadable-media'] }),
      detail: Type.String({ description: 'In words, for people' }),
    }),
    'null unless it failed',
  ),
  startedBy: Type.String({ description: 'The account that began it' }),
  createdAt: Timestamp,
  touchedAt: Type.String({
    format: 'date-time',
    description: 'When bytes arrived or the state changed; 24 hours later an unfinished upload is removed',
  }),
}, { $id: 'Upload' })

export function toUploadView (upload: StoredUpload, receivedBytes = upload.receivedBytes): Static<typeof UploadView> {
  const id = upload._id.toString()
  return {
    id,
    itemId: upload.item.toString(),
    state: upload.state,
    receivedBytes,
    sizeBytes: upload.sizeBytes,
    mediaFileId: upload.state === 'ready' ? id : null,
    failure: upload.failure,
    startedBy: upload.startedBy.toString(),
    createdAt: upload.createdAt.toISOString(),
    touchedAt: upload.touchedAt.toISOString(),
  }
}
