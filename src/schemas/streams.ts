// Streams that are playing now.
import { Type, type Static } from 'typebox'
import { describe, Id, nullable, Timestamp } from './common.js'

export const PlayerState = Type.Enum(['playing', 'paused'], {
  title: 'PlayerState',
  description: 'State of the player',
})

export const Stream = Type.Object({
  id: Id,
  profile: Type.Object({
    id: Id,
    name: Type.String({ description: 'Name of the profile' }),
  }, { title: 'StreamProfile', description: 'Profile that plays' }),
  device: nullable(Type.String(), 'Name of the device; null: not stated'),
  title: Type.Object({
    id: Id,
    title: Type.String({ description: 'Title of the movie or show' }),
  }, { title: 'StreamTitle', description: 'Movie or show that is playing' }),
  season: nullable(Type.Integer(), 'Season number; null for a movie'),
  episode: nullable(Type.Integer(), 'Episode number; null for a movie'),
  state: describe(PlayerState, 'State in the last heartbeat'),
  positionMs: Type.Integer({ minimum: 0, description: 'Position in the last heartbeat, ms from the start' }),
  durationMs: nullable(Type.Integer({ minimum: 0 }), 'Duration, ms; null: unknown'),
  private: Type.Boolean({ description: 'Whether the history records nothing of the stream' }),
  since: Timestamp,
  expiresAt: Timestamp,
}, { title: 'Stream', description: 'A stream that is playing now' })
export type Stream = Static<typeof Stream>
