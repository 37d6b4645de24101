// Stores what an action replaces, before the action writes: an undo record without its action changes nothing.
import { Types } from 'mongoose'
import { SoftDeleted } from '../../../models/soft-deleted.js'
import { Undo, UNDO_DAYS, type DismissalState, type StoredUndo, type UndoableChange } from '../../../models/undo.js'
import type { ProfileRef, WatchingDeps } from '../deps.js'

/** Permission to undo an action. */
export interface UndoToken {
  readonly id: string
  readonly expiresAt: Date
}

/** Stores the state that an action is about to replace. */
export async function storeUndo (
  watching: WatchingDeps,
  ref: ProfileRef,
  titleId: string | null,
  change: UndoableChange,
  id = new Types.ObjectId(),
): Promise<StoredUndo> {
  const at = watching.now()
  const undo: StoredUndo = {
    _id: id,
    account: new Types.ObjectId(ref.account),
    profile: new Types.ObjectId(ref.profile),
    title: titleId === null ? null : new Types.ObjectId(titleId),
    at,
    expiresAt: expiryOf(at),
    undoStartedAt: null,
    undoneAt: null,
    change,
  }
  await Undo.collection.insertOne(undo)
  return undo
}

/** The latest expiry of an action that was performed until a time. */
function expiryOf (at: Date): Date {
  return new Date(at.getTime() + UNDO_DAYS * 86_400_000)
}

/**
 * Stores that undoing an action starts. The record then remains for as long as any action before this time can be
 * undone, because their undos repeat this one. So do the soft-deleted documents, which a repeated attempt restores.
 */
export async function startUndo ({ now }: WatchingDeps, undo: StoredUndo): Promise<void> {
  const at = now()
  const expiresAt = expiryOf(at)
  // First: an undo that succeeds after a crash in between would restore a part of the documents.
  if (undo.change.kind === 'cleared-title' || undo.change.kind === 'cleared-history') {
    await SoftDeleted.updateMany({ undo: undo._id }, { $set: { expiresAt } })
  }
  await Undo.updateOne({ _id: undo._id }, { $set: { undoStartedAt: at, expiresAt } })
}

/** Finds the other actions of a profile, newest first: those about a title, or all. Entries are left out. */
export async function findOtherActions (ref: ProfileRef, { _id, title }: StoredUndo): Promise<StoredUndo[]> {
  const undos = await Undo.find({ profile: ref.profile }).select('-change.entries').lean<StoredUndo[]>()
  return undos.filter((undo) => !undo._id.equals(_id) && (title === null || undo.title?.equals(title) === true))
    .sort((a, b) => isOlderAction(a, b) ? 1 : -1)
}

export function isOlderAction (a: StoredUndo, b: StoredUndo): boolean {
  const difference = a.at.getTime() - b.at.getTime()
  return difference < 0 || (difference === 0 && a._id.toString() < b._id.toString())
}

/** Finds the newest action, not undone, that left a title in a dismissal state. */
export async function findDismissalUndo (
  ref: ProfileRef,
  titleId: string,
  state: DismissalState,
): Promise<StoredUndo | null> {
  const undos = await Undo.find({ profile: ref.profile }).lean<StoredUndo[]>()
  const isMatch = ({ title, undoneAt, change }: StoredUndo): boolean =>
    undoneAt === null && title?.toString() === titleId && change.kind === 'entry' &&
    change.after.hiddenAt?.getTime() === state.hiddenAt?.getTime() &&
    change.after.droppedAt?.getTime() === state.droppedAt?.getTime()
  return undos.filter(isMatch).sort((a, b) => b.at.getTime() - a.at.getTime())[0] ?? null
}

export function undoTokenOf ({ _id, expiresAt }: StoredUndo): UndoToken {
  return { id: _id.toString(), expiresAt }
}

/** Erases all undo records and soft-deleted documents of a profile, when the profile is deleted. */
export async function eraseUndos (profileId: string): Promise<void> {
  await Promise.all([Undo.deleteMany({ profile: profileId }), SoftDeleted.deleteMany({ profile: profileId })])
}
