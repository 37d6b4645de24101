// What an action of a profile replaced, stored for as long as the action can be undone.
import mongoose, { Schema, type Types } from 'mongoose'
import './mongoose-settings.js'
import type { StoredPlay } from './play.js'
import type { WatchEntry } from './watch-entry.js'

/** How long an action can be undone, days. */
export const UNDO_DAYS = 30

/** The state before an action, and after it where another action may have changed it again. */
export type UndoableChange =
  | { readonly kind: 'entry', readonly before: DismissalState, readonly after: DismissalState }
  | {
    readonly kind: 'rows',
    /** Marks in `plays`. `before` is null for a new one, and the older mark if undoing a clearing restored one. */
    readonly rows: ReadonlyArray<{ readonly id: Types.ObjectId, readonly before: StoredPlay | null }>,
  }
  | { readonly kind: 'removed-play', readonly play: Types.ObjectId }
  | { readonly kind: 'rewatch', readonly since: Date, readonly before: DismissalState, readonly after: DismissalState }
  | { readonly kind: 'cleared-title', readonly entry: WatchEntry | null }
  | {
    readonly kind: 'cleared-history',
    readonly historyClearedAt: Date | null,
    readonly archivedUntil: Date | null,
    readonly entries: WatchEntry[],
  }

export interface DismissalState {
  readonly hiddenAt: Date | null
  readonly droppedAt: Date | null
}

export interface StoredUndo {
  _id: Types.ObjectId
  account: Types.ObjectId
  profile: Types.ObjectId
  title: Types.ObjectId | null
  /** Time of the action. */
  at: Date
  /** Later once undoing has started: an action that can be undone may have replaced what this undo changes. */
  expiresAt: Date
  /**
   * When undoing it started last; null before. From then on, undoing another action repeats this undo, which finds what
   * the other action had replaced.
   */
  undoStartedAt?: Date | null
  undoneAt: Date | null
  change: UndoableChange
}

const undoSchema = new Schema<StoredUndo>({
  account: { type: Schema.Types.ObjectId, required: true },
  profile: { type: Schema.Types.ObjectId, required: true },
  title: { type: Schema.Types.ObjectId, default: null },
  at: { type: Date, required: true },
  expiresAt: { type: Date, required: true },
  undoStartedAt: { type: Date },
  undoneAt: { type: Date, default: null },
  change: { type: Schema.Types.Mixed, required: true },
}, { collection: 'undos', versionKey: false })

// Clean-up only: the rule itself compares `expiresAt`.
undoSchema.index({ expiresAt: 1 }, { expireAfterSeconds: 0 })
// Deletion of a profile.
undoSchema.index({ profile: 1 })
// Deletion of an account.
undoSchema.index({ account: 1 })

export const Undo = mongoose.model('Undo', undoSchema)
