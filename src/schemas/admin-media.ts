// Media files and background work, for the staff.
import { Type, type Static } from 'typebox'
import { Id, nullable, ref, Timestamp } from './common.js'
import { MediaFile } from './media-files.js'

export const AdminMediaItem = Type.Object({
  itemId: Id,
  titleId: Id,
  title: nullable(Type.String(), 'Title of the movie or show; null: it was deleted'),
  kind: Type.Enum(['movie', 'episode'], { title: 'MediaItemKind', description: 'Whether it is a movie or an episode' }),
  season: nullable(Type.Integer(), 'Number of the season; null: movie'),
  episode: nullable(Type.Integer(), 'Number of the episode; null: movie'),
  files: Type.Array(ref(MediaFile), { description: 'Media files; with `state`, those in it' }),
  newestAt: nullable(Timestamp, 'When the newest of the files was added; null: no files'),
}, { $id: 'AdminMediaItem', description: 'A movie or an episode with its media files, for administrators' })
export type AdminMediaItem = Static<typeof AdminMediaItem>

export const JobCount = Type.Object({
  job: Type.Enum(['upload', 'packaging', 'encoding', 'encoding-step', 'markers', 'email'], {
    title: 'JobKind',
    description:
      'Resumable upload, HLS packaging of a movie or an episode, encoding of a master, step that follows it, ' +
      'detection of the intros and credits of a season, or email',
  }),
  state: Type.Enum(['waiting', 'failed'], {
    title: 'JobState',
    description: 'Waiting or in progress, or failed',
  }),
  count: Type.Integer({ minimum: 0, description: 'Number in this state' }),
}, { $id: 'JobCount', description: 'How much work waits or failed' })

export const EncoderState = Type.Object({
  isAvailable: Type.Boolean({ description: 'Whether the service can encode' }),
  version: nullable(Type.String({ examples: ['5.1.9'] }), 'Version of ffmpeg; null: not available'),
  reason: nullable(Type.String(), 'What is missing and how to get it; null: available'),
}, { $id: 'EncoderState', description: 'Whether the service can encode media files' })
export type EncoderState = Static<typeof EncoderState>
