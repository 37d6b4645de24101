// Restores plays and marks that an action replaced or removed. Each mark of an item replaces the one before, which the
// undo record of the newer mark contains: a restored mark that is older goes there.
import mongoose, { Types } from 'mongoose'
import { derivePlayId, Play, toPlayProgress, viewingId, type StoredPlay } from '../../../models/play.js'
import { Undo, type StoredUndo, type UndoableChange } from '../../../models/undo.js'
import { isDuplicateKey } from '../../../models/upsert.js'
import type { ProfileRef } from '../deps.js'
import { mergeIntoPlay } from './plays.js'
import { tooManyUpdates } from './projection.js'
import { deriveContinuationKey } from './removed-plays.js'
import { anyIdOf, insertMissing } from './soft-delete.js'

const MAX_ATTEMPTS = 12

type RemovedPlay = Pick<StoredPlay, '_id'> & { readonly removedAt: Date }
type MarkRows = Extract<UndoableChange, { kind: 'rows' }>['rows']

/**
 * A mark has the ID of its action as event ID: a mark that was written again since remains.
 * @returns whether a mark was restored or deleted
 */
export async function restoreMarks ({ _id }: StoredUndo, rows: MarkRows): Promise<boolean> {
  if (rows.length === 0) return false
  const { deletedCount, modifiedCount } = await Play.bulkWrite(rows.map(({ id, before }) => {
    const filter = { _id: id, eventId: _id.toString() }
    return before === null ? { deleteOne: { filter } } : { replaceOne: { filter, replacement: before } }
  }) as never)
  return deletedCount + modifiedCount > 0
}

/** Restores the older marks that undoing a clearing has added to a record since its rows were read. */
export async function restoreMarksFoundSince ({ _id }: StoredUndo, rows: MarkRows): Promise<void> {
  const known = new Map(rows.map(({ id, before }) => [id.toString(), before?.eventId]))
  const found = (await findMarkRows(_id)).flatMap(({ id, before }) =>
    before === null || before.eventId === known.get(id.toString()) ? [] : [before]
  )
  for (const mark of found) await restoreMark(mark)
}

/**
 * Restores the play that an action removed, unless another action has removed it again since.
 * @returns whether the play was restored
 */
export async function restoreRemovedPlay ({ profile, at }: StoredUndo, play: Types.ObjectId): Promise<boolean> {
  const ids = [play, deriveMovedPlayId(profile, play, at)]
  const stored = await Play.find({ _id: mongoose.trusted({ $in: ids }) }).select('removedAt').lean<RemovedPlay[]>()
  const removed = stored.find(({ removedAt }) => removedAt !== null && removedAt >= at)
  if (removed === undefined) return false
  // Up to version 0.2.0, a play was removed shortly after the time of its action.
  const { _id, removedAt } = removed
  const isRemovedAgain = removedAt > at && await Undo.exists({
        profile,
        'change.play': play,
        at: mongoose.trusted({ $gt: at, $lte: removedAt }),
      }) !== null
  if (isRemovedAgain) return false
  const { modifiedCount } = await Play.updateOne({ _id, removedAt }, { $set: { removedAt: null } })
  return modifiedCount > 0
}

/** Restores plays and marks. Merges a play into the stored one when it has continued since. */
export async function restorePlays (ref: ProfileRef, plays: readonly StoredPlay[]): Promise<void> {
  const stored = await Play.find({ _id: anyIdOf(plays) }).select('_id').lean<Array<Pick<StoredPlay, '_id'>>>()
  const storedIds = new Set(stored.map(({ _id }) => _id.toString()))
  await insertMissing(Play as never, plays.filter(({ _id }) => !storedIds.has(_id.toString())))
  for (const play of plays) {
    if (!storedIds.has(play._id.toString())) continue
    if (play.kind === 'mark') await restoreMark(play)
    if (play.kind === 'play') await restoreContinuedPlay(ref, play)
  }
}

/**
 * Restores a play that was reported again since: both are one play, unless one of them was removed. The play with the
 * key then is the restored one, and the other one continues it.
 * @throws DomainError 503 `busy`
 */
async function restoreContinuedPlay (ref: ProfileRef, play: StoredPlay): Promise<void> {
  const { _id, removedAt } = play
  for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
    const current = await Play.findById(_id).lean<StoredPlay>()
    if (current === null) {
      await insertMissing(Play as never, [play])
      continue
    }
    if (removedAt === null && current.removedAt === null) {
      await mergeStoredPlay(_id, ref, play)
      return
    }
    // Nothing was reported since: another attempt has restored the play.
    if (current.at <= (removedAt ?? play.at)) return
    // First, so that a crash in between loses nothing.
    await movePlay(ref, play, current)
    const { at, eventId, furthestMs, watchedMs } = current
    const unchanged = { _id, at, eventId, furthestMs, watchedMs, removedAt: current.removedAt }
    if ((await Play.replaceOne(unchanged, play)).modifiedCount > 0) return
  }
  throw tooManyUpdates()
}

/** Stores a play with another ID, as a play that continues one: where later events of the same key are merged too. */
async function movePlay (ref: ProfileRef, continued: StoredPlay, play: StoredPlay): Promise<void> {
  if (play.removedAt !== null) {
    const _id = deriveMovedPlayId(play.profile, play._id, play.removedAt)
    await Play.replaceOne({ _id }, { ...play, _id, continuedPlay: viewingId(continued) }, { upsert: true })
    return
  }
  let removed: StoredPlay | null = continued
  let id = continued._id
  while (removed?.removedAt instanceof Date) {
    id = derivePlayId(ref.profile, deriveContinuationKey(removed._id, removed.removedAt.getTime()))
    removed = await Play.findById(id).lean<StoredPlay>()
  }
  await mergeStoredPlay(id, ref, play, viewingId(continued))
}

/** ID of a removed play that an undo has moved. The action that removed it knows its former ID and the time. */
function deriveMovedPlayId (profile: Types.ObjectId, play: Types.ObjectId, removedAt: Date): Types.ObjectId {
  return derivePlayId(profile.toString(), `removed ${play.toString()} ${removedAt.getTime()}`)
}

async function mergeStoredPlay (
  id: Types.ObjectId,
  ref: ProfileRef,
  play: StoredPlay,
  continuedPlay: Types.ObjectId | null = null,
): Promise<void> {
  const subject = {
    title: play.title.toString(),
    item: play.item.toString(),
    season: play.season,
    episode: play.episode,
    titleName: play.titleName,
    itemName: play.itemName,
    mediaFile: play.mediaFile?.toString() ?? null,
  }
  await mergeIntoPlay(id, ref, subject, toPlayProgress(play), play.isPlayed, continuedPlay)
}

/**
 * Restores a mark whose item may have another one since: the newest is the current one, and each older one is in the
 * record of the action that wrote the next.
 * @throws DomainError 503 `busy`
 */
async function restoreMark (mark: StoredPlay): Promise<void> {
  for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
    const current = await Play.findById(mark._id).lean<StoredPlay>()
    if (current === null) {
      if (await insertMark(mark)) return
    } else if (current.eventId === mark.eventId) {
      return
    } else if (isOlderMark(current, mark)) {
      await storeOlderMark(mark, current)
      const { modifiedCount } = await Play.replaceOne({ _id: mark._id, eventId: current.eventId }, mark)
      if (modifiedCount > 0) return
    } else {
      await storeOlderMark(current, mark)
      // An undo that has not seen the older mark has deleted the current one, or the older mark is in its record.
      if (await Play.exists({ _id: mark._id, eventId: current.eventId }) !== null) return
    }
  }
  throw tooManyUpdates()
}

/** @returns false when the item has a mark in the meantime */
async function insertMark (mark: StoredPlay): Promise<boolean> {
  try {
    await Play.collection.insertOne(mark)
    return true
  } catch (error) {
    if (isDuplicateKey(error)) return false
    throw error
  }
}

/** Stores a mark in the record of a newer one. A mark that cannot be undone needs no older ones. */
async function storeOlderMark (newer: StoredPlay, older: StoredPlay): Promise<void> {
  for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
    if (!Types.ObjectId.isValid(newer.eventId)) return
    const undoId = new Types.ObjectId(newer.eventId)
    const row = (await findMarkRows(undoId)).find(({ id }) => id.equals(newer._id))
    if (row === undefined || row.before?.eventId === older.eventId) return
    if (row.before !== null && !isOlderMark(row.before, older)) {
      await storeOlderMark(row.before, older)
      return
    }
    if (row.before !== null) await storeOlderMark(older, row.before)
    const isUnchanged = row.before === null ? { 'row.before': null } : { 'row.before.eventId': row.before.eventId }
    // By the driver: Mongoose does not know the fields of a change.
    const { modifiedCount } = await Undo.collection.updateOne(
      { _id: undoId },
      { $set: { 'change.rows.$[row].before': older } },
      { arrayFilters: [{ 'row.id': newer._id, ...isUnchanged }] },
    )
    if (modifiedCount > 0) return
  }
  throw tooManyUpdates()
}

async function findMarkRows (undoId: Types.ObjectId): Promise<MarkRows> {
  const undo = await Undo.findById(undoId).lean<StoredUndo>()
  return undo?.change.kind === 'rows' ? undo.change.rows : []
}

function isOlderMark (a: StoredPlay, b: StoredPlay): boolean {
  const difference = a.startedAt.getTime() - b.startedAt.getTime()
  return difference < 0 || (difference === 0 && a.eventId < b.eventId)
}
