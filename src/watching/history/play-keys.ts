// Finds the keys of plays that clients report with an ID of their own. A client may use one ID for several items, such
// as one UUID per player session: each item has its own play then.
import { findStreamLeases } from '../../../models/account-streams.js'
import { derivePlayId, Play, type StoredPlay } from '../../../models/play.js'
import type { ProfileRef } from '../deps.js'
import { findStreamStart } from '../streams/stream-id.js'

/** An item with the ID that the client gave to its play: a UUID, or a stream ID. */
export interface ReportedPlay {
  readonly itemId: string
  readonly playId: string
}

export interface PlayKeys {
  /** Finds the key of one of the plays that were looked up. */
  find(play: ReportedPlay): string
}

type PlayOfItem = Pick<StoredPlay, '_id' | 'item'>

/**
 * Finds the keys of reported plays. The key of a play contains its item, with two exceptions, whose key is the plain
 * ID: the play of a stream, because a stream is found by its ID alone, and a play that was stored with that key.
 * @param known records of the title as the last write left them, which save the reads; null if they are unknown
 */
export async function findPlayKeys (
  ref: ProfileRef,
  plays: readonly ReportedPlay[],
  known: readonly PlayOfItem[] | null,
): Promise<PlayKeys> {
  const knownItems = indexItems(plays.length === 0 ? [] : known ?? [])
  const isStored = (items: ReadonlyMap<string, string>, key: string, itemId: string): boolean =>
    items.get(derivePlayId(ref.profile, key).toString()) === itemId
  // Another process may have flushed a stream since. Plays that an undo restores there continue as plays of their own.
  const unknown = plays.filter((play) =>
    known === null || (isStreamId(play.playId) && !isStored(knownItems, play.playId, play.itemId) &&
      !isStored(knownItems, deriveItemKey(play), play.itemId))
  )
  const { streams, items } = await findPlainPlays(ref, unknown)
  return {
    find (play) {
      const { itemId, playId } = play
      const isPlain = streams.get(playId) === itemId || isStored(knownItems, playId, itemId) ||
        isStored(items, playId, itemId)
      return isPlain ? playId : deriveItemKey(play)
    },
  }
}

/** Finds the items of live streams, by stream ID, and those of stored plays with a plain key, by the ID of the play. */
async function findPlainPlays (
  ref: ProfileRef,
  plays: readonly ReportedPlay[],
): Promise<{ readonly streams: ReadonlyMap<string, string>, readonly items: ReadonlyMap<string, string> }> {
  if (plays.length === 0) return { streams: new Map(), items: new Map() }
  // Streams first: a flush stores the play before it removes the lease.
  const leases = plays.some(({ playId }) => isStreamId(playId)) ? await findStreamLeases(ref.account) : []
  const own = leases.filter(({ profile }) => profile.toString() === ref.profile)
  const playIds = [...new Set(plays.map(({ playId }) => playId))].map((playId) => derivePlayId(ref.profile, playId))
  const stored = await Play.collection.find({ _id: { $in: playIds } }, { projection: { item: 1 } })
    .toArray() as unknown as PlayOfItem[]
  return {
    streams: new Map(own.map(({ _id, item }) => [_id.toString(), item.toString()])),
    items: indexItems(stored),
  }
}

function indexItems (records: readonly PlayOfItem[]): Map<string, string> {
  return new Map(records.map(({ _id, item }) => [_id.toString(), item.toString()]))
}

function isStreamId (playId: string): boolean {
  return findStreamStart(playId) !== null
}

function deriveItemKey ({ itemId, playId }: ReportedPlay): string {
  return `${playId} ${itemId}`
}
