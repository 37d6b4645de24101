// Dismisses titles from continue watching. A hidden title returns when it is played, a dropped one only on request.
import { findProfile } from '../../../models/account.js'
import type { DismissalState } from '../../../models/undo.js'
import { WatchArchive, type ArchivedEntry } from '../../../models/watch-archive.js'
import { toTitleState } from '../../../models/watch-entry.js'
import type { CatalogueTitle } from '../../catalogue/store/catalogue.js'
import { findVisibleTitle } from '../../catalogue/queries/find-visible.js'
import type { MaturityScope } from '../../domain/maturity.js'
import { lastPlayedAt, type TitleState } from '../../domain/next-up.js'
import type { ProfileRef, WatchingDeps } from '../deps.js'
import { findWatchEntry, projectTitle } from '../history/projection.js'
import { findDismissalUndo, storeUndo, undoTokenOf, type UndoToken } from '../history/undo-log.js'
import { projectUnprojected } from '../history/unprojected.js'
import { flushProfileLeases } from '../streams/flush.js'

/** Hides a title from continue watching until it is played again; its progress remains. */
export async function hideTitle (watching: WatchingDeps, ref: ProfileRef, titleId: string): Promise<UndoToken> {
  return await changeDismissal(watching, ref, titleId, (before, playedAt) => {
    const isHidden = before.hiddenAt !== null && before.hiddenAt.getTime() >= playedAt
    return isHidden ? before : { ...before, hiddenAt: watching.now() }
  })
}

/** Drops a title: it stays dismissed when it is played and when episodes are added. */
export async function dropTitle (watching: WatchingDeps, ref: ProfileRef, titleId: string): Promise<UndoToken> {
  return await changeDismissal(
    watching,
    ref,
    titleId,
    (before) => before.droppedAt === null ? { ...before, droppedAt: watching.now() } : before,
  )
}

/** Shows a hidden or dropped title in continue watching again. */
export async function undismissTitle (watching: WatchingDeps, ref: ProfileRef, titleId: string): Promise<UndoToken> {
  return await changeDismissal(
    watching,
    ref,
    titleId,
    (before) => before.hiddenAt === null && before.droppedAt === null ? before : { hiddenAt: null, droppedAt: null },
  )
}

/**
 * Changes the dismissal state of a title.
 * @param change returns the same object when nothing changes
 */
async function changeDismissal (
  watching: WatchingDeps,
  ref: ProfileRef,
  titleId: string,
  change: (before: DismissalState, playedAt: number) => DismissalState,
): Promise<UndoToken> {
  await flushProfileLeases(watching, ref)
  await projectUnprojected(watching, ref)
  const profile = await findProfile(ref.account, ref.profile)
  const entry = profile === null ? null : await findWatchEntry(profile, titleId)
  const before: DismissalState = { hiddenAt: entry?.hiddenAt ?? null, droppedAt: entry?.droppedAt ?? null }
  const after = change(before, entry === null ? 0 : lastPlayedAt(toTitleState(entry)))
  if (after === before) {
    // A repeated request, perhaps because the response was lost, returns the token of the first one.
    const first = await findDismissalUndo(ref, titleId, after)
    if (first !== null) return undoTokenOf(first)
  }
  const undo = await storeUndo(watching, ref, titleId, { kind: 'entry', before, after })
  await projectTitle(watching, ref, titleId, after, profile)
  return undoTokenOf(undo)
}

/** True for a dropped title, and for a hidden one that was not played since. */
export function isDismissed ({ hiddenAt, droppedAt }: DismissalState, state: TitleState): boolean {
  return droppedAt !== null || (hiddenAt !== null && lastPlayedAt(state) <= hiddenAt.getTime())
}

export interface DismissedTitle {
  readonly title: CatalogueTitle
  readonly hiddenAt: Date | null
  readonly droppedAt: Date | null
}

/** Lists the dismissed titles that the profile may see, newest dismissal first; null without such a profile. */
export async function listDismissed (
  watching: WatchingDeps,
  ref: ProfileRef,
  scope: MaturityScope,
): Promise<DismissedTitle[] | null> {
  await projectUnprojected(watching, ref)
  const profile = await findProfile(ref.account, ref.profile)
  if (profile === null) return null
  const embedded = new Set(profile.watchHistory.map((entry) => entry.title.toString()))
  const archived = profile.archivedUntil === null
    ? []
    : await WatchArchive.find({ profile: ref.profile }).lean<ArchivedEntry[]>()
  return [...profile.watchHistory, ...archived.filter((entry) => !embedded.has(entry.title.toString()))]
    .map((entry) => ({ entry, hiddenAt: entry.hiddenAt, droppedAt: entry.droppedAt }))
    .filter(({ entry, ...dismissal }) => isDismissed(dismissal, toTitleState(entry)))
    .sort((a, b) => dismissedAt(b) - dismissedAt(a))
    .flatMap(({ entry, ...dismissal }) => {
      const title = findVisibleTitle(watching.catalogue, scope, entry.title.toString(), watching.now())
      return title === null ? [] : [{ title, ...dismissal }]
    })
}

function dismissedAt ({ hiddenAt, droppedAt }: DismissalState): number {
  return Math.max(hiddenAt?.getTime() ?? 0, droppedAt?.getTime() ?? 0)
}
