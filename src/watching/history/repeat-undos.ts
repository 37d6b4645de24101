// Repeats undos. An undo changes nothing while a later action hides what it would restore: a clearing has moved the
// documents, another mark has replaced them. Undoing the later action restores them as they were before it, so it
// repeats the undos since. Each recognises what its action wrote; repeating it otherwise changes nothing.
import type { DismissalState, StoredUndo } from '../../../models/undo.js'
import type { ProfileRef, WatchingDeps } from '../deps.js'
import { loadWatchEntry, projectTitle } from './projection.js'
import { findClearedDecisions, restoreDismissal, restoreHistoryClearedAt } from './restore-decisions.js'
import { restoreMarks, restoreRemovedPlay } from './restore-plays.js'
import { cancelRun } from './rewatch.js'
import { findOtherActions, isOlderAction } from './undo-log.js'

interface UndoneAction {
  readonly action: StoredUndo
  readonly startedAt: Date
}

/**
 * Repeats the undos of other actions, newest action first, so that each finds what the newer one restores. Call it when
 * everything that the action replaced is restored: a parallel undo is either in the list or finds the restored state.
 */
export async function repeatUndos (watching: WatchingDeps, ref: ProfileRef, undo: StoredUndo): Promise<void> {
  const actions = await findOtherActions(ref, undo)
  const undone = actions.flatMap((action): UndoneAction[] => {
    const startedAt = undoStartOf(action)
    return startedAt === null ? [] : [{ action, startedAt }]
  })
  const effective = actions.filter((action) => undoStartOf(action) === null)
  await restorePlaysAndMarks(watching, ref, undo, undone)
  for (const { action, startedAt } of undone) {
    const isHidden = startedAt >= undo.at && isOlderAction(action, undo)
    const isOfAction = (name: keyof DismissalState): boolean =>
      isHidden && !isDecidedSince(effective, action, undo, name)
    await restoreDecisions(watching, ref, action, startedAt, isOfAction)
  }
}

function undoStartOf ({ undoStartedAt, undoneAt }: StoredUndo): Date | null {
  return undoStartedAt ?? undoneAt
}

/** Restores the plays and marks of all actions before their decisions, so that each title is projected once. */
async function restorePlaysAndMarks (
  watching: WatchingDeps,
  ref: ProfileRef,
  undo: StoredUndo,
  undone: readonly UndoneAction[],
): Promise<void> {
  const titles = new Set<string>()
  for (const { action, startedAt } of undone) {
    const { change, title } = action
    const isRestored = (change.kind === 'rows' && await restoreMarks(action, change.rows)) ||
      (change.kind === 'removed-play' && await restoreRemovedPlay(action, change.play))
    // Undone since: an attempt that crashed may have restored it without projecting the title.
    if (title !== null && (isRestored || startedAt >= undo.at)) titles.add(title.toString())
  }
  for (const titleId of titles) await projectTitle(watching, ref, titleId)
}

/**
 * True when a later action has changed a decision about the same title.
 * @param effective actions that are not undone
 */
function isDecidedSince (
  effective: readonly StoredUndo[],
  { title }: StoredUndo,
  undo: StoredUndo,
  name: keyof DismissalState,
): boolean {
  return effective.some(({ title: other, at, change }) =>
    at > undo.at && other?.toString() === title?.toString() &&
    (change.kind === 'entry' || change.kind === 'rewatch') &&
    change.before[name]?.getTime() !== change.after[name]?.getTime()
  )
}

async function restoreDecisions (
  watching: WatchingDeps,
  ref: ProfileRef,
  action: StoredUndo,
  startedAt: Date,
  isOfAction: (name: keyof DismissalState) => boolean,
): Promise<void> {
  const { change } = action
  const titleId = action.title?.toString() ?? ''
  switch (change.kind) {
    case 'entry':
      await restoreDismissal(watching, ref, action, change, isOfAction)
      return
    case 'rewatch':
      await cancelRun(watching, ref, titleId, change.since, startedAt)
      await restoreDismissal(watching, ref, action, change, isOfAction)
      return
    case 'cleared-title': {
      const entry = await loadWatchEntry(ref, titleId)
      if (entry?.clearedAt?.getTime() !== action.at.getTime()) return
      await projectTitle(watching, ref, titleId, await findClearedDecisions(ref, action, change.entry))
      return
    }
    case 'cleared-history':
      await restoreHistoryClearedAt(ref, action, change.historyClearedAt)
  }
}
