// What an action of a viewer replaced, kept for as long as it can be taken back; and what it took away, in the trash.
import mongoose, { Schema, type Types } from 'mongoose'
import type { WatchEntry } from './watch-entry.js'
import type { StoredPlay } from './play.js'

/** How long an action can be undone. */
export const UNDO_DAYS = 30

/** What stood where the action wrote; `id`s are of rows in `plays`. */
export type UndoneChange =
  | { readonly kind: 'entry', readonly before: DismissalState, readonly after: DismissalState }
  | {
    readonly kind: 'rows',
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
  /** The moment of the action. */
  at: Date
  expiresAt: Date
  undoneAt: Date | null
  change: UndoneChange
}

const undoSchema = new Schema<StoredUndo>({
  account: { type: Schema.Types.ObjectId, required: true },
  profile: { type: Schema.Types.ObjectId, required: true },
  title: { type: Schema.Types.ObjectId, default: null },
  at: { type: Date, required: true },
  expiresAt: { type: Date, required: true },
  undoneAt: { type: Date, default: null },
  change: { type: Schema.Types.Mixed, required: true },
}, { collection: 'undos', versionKey: false })

// Cleans up; whether an action can still be undone is decided by its own date.
undoSchema.index({ expiresAt: 1 }, { expireAfterSeconds: 0 })
// Deletion of a profile.
undoSchema.index({ profile: 1 })
// Deletion of an account.
undoSchema.index({ account: 1 })

export const Undo = mongoose.model('Undo', undoSchema)

/** A document that an action removed from its collection. */
export interface SoftDeletedDocument {
  _id: Types.ObjectId
  undo: Types.ObjectId
  account: Types.ObjectId
  profile: Types.ObjectId
  from: 'plays' | 'watcharchive'
  document: { readonly _id: Types.ObjectId }
  expiresAt: Date
}

const trashSchema = new Schema<SoftDeletedDocument>({
  undo: { type: Schema.Types.ObjectId, required: true },
  account: { type: Schema.Types.ObjectId, required: true },
  profile: { type: Schema.Types.ObjectId, required: true },
  from: { type: String, enum: ['plays', 'watcharchive'], required: true },
  document: { type: Schema.Types.Mixed, required: true },
  expiresAt: { type: Date, required: true },
}, { collection: 'trash', versionKey: false })

// After this what was removed is really gone.
trashSchema.index({ expiresAt: 1 }, { expireAfterSeconds: 0 })
// Bringing back what one action removed.
trashSchema.index({ undo: 1, from: 1 })
// Deletion of a profile.
trashSchema.index({ profile: 1 })
// Deletion of an account.
trashSchema.index({ account: 1 })

export const SoftDeleted = mongoose.model('Trash', trashSchema)
