// Remembering what an action replaces, before it does.
import { Types } from 'mongoose'
import {
  SoftDeleted,
  Undo,
  UNDO_DAYS,
  type DismissalState,
  type StoredUndo,
  type UndoneChange,
} from '../../../models/undo.js'
import { timeOrNull } from '../dates.js'
import type { ProfileRef, WatchingDeps } from '../watching.js'

/** The undo that an action answers. */
export interface UndoToken {
  readonly id: string
  readonly expiresAt: Date
}

/** Remembers what an action is about to replace. Written first: an undo without its action changes nothing. */
export async function storeUndo (
  watching: WatchingDeps,
  watcher: ProfileRef,
  titleId: string | null,
  change: UndoneChange,
  id = new Types.ObjectId(),
): Promise<StoredUndo> {
  const at = watching.now()
  const undo: StoredUndo = {
    _id: id,
    account: new Types.ObjectId(watcher.account),
    profile: new Types.ObjectId(watcher.profile),
    title: titleId === null ? null : new Types.ObjectId(titleId),
    at,
    expiresAt: new Date(at.getTime() + UNDO_DAYS * 86_400_000),
    undoneAt: null,
    change,
  }
  await Undo.collection.insertOne(undo)
  return undo
}

/** The newest action, not taken back, that left a title's marks as they are. */
export async function findUndoOf (
  watcher: ProfileRef,
  titleId: string,
  marks: DismissalState,
): Promise<StoredUndo | null> {
  const actions = await Undo.find({ profile: watcher.profile }).lean<StoredUndo[]>()
  const isOfMarks = ({ title, undoneAt, change }: StoredUndo): boolean =>
    undoneAt === null && title?.toString() === titleId && change.kind === 'entry' &&
    timeOrNull(change.after.hiddenAt) === timeOrNull(marks.hiddenAt) &&
    timeOrNull(change.after.droppedAt) === timeOrNull(marks.droppedAt)
  return actions.filter(isOfMarks).sort((a, b) => b.at.getTime() - a.at.getTime())[0] ?? null
}

export function undoTokenOf ({ _id, expiresAt }: StoredUndo): UndoToken {
  return { id: _id.toString(), expiresAt }
}

/** Everything that could be undone, when the profile itself is deleted. */
export async function eraseUndos (profileId: string): Promise<void> {
  await Promise.all([Undo.deleteMany({ profile: profileId }), SoftDeleted.deleteMany({ profile: profileId })])
}
