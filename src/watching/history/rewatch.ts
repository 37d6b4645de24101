// Starts a rewatch of a title on request, and cancels rewatches.
import type { Types } from 'mongoose'
import { newMark, Play, derivePlayId, type StoredPlay } from '../../../models/play.js'
import type { DismissalState } from '../../../models/undo.js'
import type { CatalogueTitle } from '../../catalogue/store/catalogue.js'
import { isUntouched } from '../../domain/next-up.js'
import { conflict } from '../../errors.js'
import type { ProfileRef, WatchingDeps } from '../deps.js'
import { flushProfileLeases } from '../streams/flush.js'
import { refreshLeases } from '../streams/lease-history.js'
import { createItemMark } from './plays.js'
import { loadWatchEntry, projectTitle } from './projection.js'
import { loadTitleWatchState } from './title-watch-state.js'
import { storeUndo, undoTokenOf, type UndoToken } from './undo-log.js'

const NOT_DISMISSED: DismissalState = { hiddenAt: null, droppedAt: null }

/**
 * Starts a new run through a title; the history keeps the plays of earlier runs. It starts no run while nothing was
 * watched in the current one, so a repeated request starts one run.
 */
export async function startRewatch (
  watching: WatchingDeps,
  ref: ProfileRef,
  title: CatalogueTitle,
): Promise<UndoToken> {
  await flushProfileLeases(watching, ref)
  const startedAt = watching.now()
  const entry = await loadWatchEntry(ref, title.id)
  const before: DismissalState = { hiddenAt: entry?.hiddenAt ?? null, droppedAt: entry?.droppedAt ?? null }
  const undo = await storeUndo(watching, ref, title.id, {
    kind: 'rewatch',
    since: startedAt,
    before,
    after: NOT_DISMISSED,
  })
  const watchState = await loadTitleWatchState(watching.catalogue, ref.profile, title.id)
  const item = title.order[0] ?? title.items[0]
  if (item !== undefined && !isUntouched(watchState)) {
    const runMark = createItemMark(ref, title, item, {
      _id: deriveRunMarkId(ref, title.id, startedAt),
      kind: 'pass',
      startedAt,
      at: startedAt,
      watched: null,
      cancelledAt: null,
      eventId: undo._id.toString(),
    })
    await Play.collection.insertOne(runMark)
  }
  await projectTitle(watching, ref, title.id, NOT_DISMISSED)
  await refreshLeases(watching, ref, title.id)
  return undoTokenOf(undo)
}

/**
 * Cancels the current run, whether it was requested or started automatically: the previous run continues, and the plays
 * in between remain in the history only. The run is named by its number, so a repeated request cancels one run.
 * @throws DomainError 409 `not-watching-again` for the first run and for one that is not the current one
 */
export async function cancelRewatch (
  watching: WatchingDeps,
  ref: ProfileRef,
  titleId: string,
  runNumber: number,
): Promise<void> {
  const { runs } = await loadTitleWatchState(watching.catalogue, ref.profile, titleId)
  if (runNumber > runs.runNumber) return
  if (runs.startedAt === null || runNumber < runs.runNumber) {
    throw conflict(
      'not-watching-again',
      'Not the current run',
      `The current run is number ${runs.runNumber}. Only the current run can be cancelled, and not the first.`,
      { pass: runs.runNumber },
    )
  }
  await cancelRun(watching, ref, titleId, new Date(runs.startedAt))
  await refreshLeases(watching, ref, titleId)
}

/**
 * Cancels the run that started at a time; does nothing when it is cancelled already.
 * @param cancelledAt what was watched later is not in the cancelled run
 */
export async function cancelRun (
  watching: WatchingDeps,
  ref: ProfileRef,
  titleId: string,
  startedAt: Date,
  cancelledAt = watching.now(),
): Promise<void> {
  const { records } = await loadTitleWatchState(watching.catalogue, ref.profile, titleId)
  const id = deriveRunMarkId(ref, titleId, startedAt)
  const start = records.find((record) => record._id.equals(id)) ??
    records.find((record) => record.startedAt.getTime() === startedAt.getTime())
  if (start === undefined || (start.kind === 'pass' && (start.cancelledAt ?? null) !== null)) return
  const runMark = createCancelledRunMark(start, id, startedAt, cancelledAt)
  await Play.replaceOne({ _id: id }, runMark, { upsert: true })
  await projectTitle(watching, ref, titleId)
}

/** @param start the run mark or the play that started the run */
function createCancelledRunMark (
  start: StoredPlay,
  _id: Types.ObjectId,
  startedAt: Date,
  cancelledAt: Date,
): StoredPlay {
  const { account, profile, title, item, season, episode, titleName, itemName } = start
  return newMark({
    _id,
    account,
    profile,
    title,
    item,
    season,
    episode,
    titleName,
    itemName,
    kind: 'pass',
    startedAt,
    at: startedAt,
    watched: null,
    cancelledAt,
    eventId: '',
  })
}

function deriveRunMarkId (ref: ProfileRef, titleId: string, startedAt: Date): Types.ObjectId {
  return derivePlayId(ref.profile, `pass ${titleId} ${startedAt.getTime()}`)
}
