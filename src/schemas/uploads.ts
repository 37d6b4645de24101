// Uploads of media files: declared metadata, and the state of resumable uploads.
import { Type, type Static } from 'typebox'
import { describe, Id, nullable, strict, Timestamp } from './common.js'

const LANGUAGE_TAG = '[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*'
const LanguageList = { pattern: `^${LANGUAGE_TAG}(,${LANGUAGE_TAG})*$`, maxLength: 500 }
const declaredMetadata = {
  language: Type.Optional(
    Type.String({
      ...LanguageList,
      description: 'Audio languages, comma-separated BCP 47 tags; omitted: as stated in the file',
      examples: ['en'],
    }),
  ),
  subtitles: Type.Optional(
    Type.String({
      ...LanguageList,
      description: 'Languages of the subtitle tracks in the file, comma-separated BCP 47 tags',
    }),
  ),
  edition: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 100,
      description: "Edition, such as theatrical or director's cut",
      examples: ["director's cut"],
    }),
  ),
}

export const UploadQuery = strict({
  ...declaredMetadata,
  role: Type.Optional(
    Type.Enum(['media', 'master'], {
      title: 'UploadRole',
      default: 'media',
      description:
        'media: the file is played as it is. master: it is encoded into media files, and the response is the ' +
        'encoding job; the languages are those of its tracks',
    }),
  ),
})
export type UploadQuery = Static<typeof UploadQuery>

/** Metadata of a resumable upload. Clients add fields of their own: a file name appears in the list. */
export const UploadMetadata = Type.Object({
  ...declaredMetadata,
  itemId: Id,
  role: Type.Optional(Type.Enum(['media', 'master'])),
  filetype: Type.Optional(Type.String({ maxLength: 100 })),
  sha256: Type.Optional(Type.String({ pattern: '^[0-9A-Fa-f]{64}$' })),
})
export type UploadMetadata = Static<typeof UploadMetadata>

export const Upload = Type.Object({
  id: Id,
  kind: Type.Enum(['whole', 'partial', 'final'], {
    title: 'UploadKind',
    description: 'Whole file, part of a final upload, or final upload that consists of parts',
  }),
  itemId: nullable(Type.String(), 'ID of the movie or episode; null: partial upload'),
  fileName: nullable(
    Type.String({ maxLength: 255, examples: ['The.Matrix.1999.1080p.mkv'] }),
    'Name of the file at the client: `filename` or `name` of Upload-Metadata, without a path; null: not stated',
  ),
  state: Type.Enum(['uploading', 'received', 'processing', 'ready', 'failed'], {
    title: 'UploadState',
    description: 'State; received: complete partial upload; processing: complete, being hashed and probed',
  }),
  receivedBytes: Type.Integer({ minimum: 0, description: 'Bytes received; the offset of the next PATCH' }),
  sizeBytes: nullable(Type.Integer({ minimum: 1 }), 'Announced size, bytes; null: not announced yet'),
  mediaFileId: nullable(Id, 'ID of the media file; null: not ready, or a master'),
  encodingJobId: nullable(Id, 'ID of the master and the job that encodes it; null: not ready, or a media file'),
  failure: nullable(
    Type.Object({
      code: Type.String({ description: 'Problem code', examples: ['unreadable-media'] }),
      detail: Type.String({ description: 'Text for people' }),
    }, { title: 'UploadFailure', description: 'Why an upload failed' }),
    'Reason of the failure; null: not failed',
  ),
  startedBy: Type.String({ description: 'ID of the account that started the upload' }),
  createdAt: Timestamp,
  touchedAt: describe(
    Timestamp,
    'When bytes arrived or the state changed; an incomplete upload is removed 24 hours later',
  ),
}, { $id: 'Upload', description: 'A resumable upload' })
export type Upload = Static<typeof Upload>
