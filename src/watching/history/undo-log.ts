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
    expiresAt: new Date(at.getTime() + UNDO_DAYS * 86_400_000),
    undoneAt: null,
    change,
  }
  await Undo.collection.insertOne(undo)
  return undo
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
