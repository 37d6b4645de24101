// Watching something again by a call, and taking that back.
import type { Types } from 'mongoose'
import { findProfileWatching } from '../../../models/account.js'
import { newWatchedMark, Play, derivePlayId, type StoredPlay } from '../../../models/play.js'
import type { DismissalState } from '../../../models/undo.js'
import type { CatalogueTitle } from '../../catalogue/store/catalogue.js'
import { isUntouched } from '../../domain/next-up.js'
import { conflict } from '../../errors.js'
import { flushLive } from '../streams/flush.js'
import { newMarkOfItem } from './plays.js'
import { findEntry, projectTitle } from './projection.js'
import { loadTitleWatchState } from './title-watch-state.js'
import { storeUndo, undoTokenOf, type UndoToken } from './undo-log.js'
import type { ProfileRef, WatchingDeps } from '../watching.js'

const NOT_AWAY: DismissalState = { hiddenAt: null, droppedAt: null }

/**
 * Begins a new pass now: everything is watched afresh, and the history keeps what was. While nothing was watched in the
 * running pass there is nothing to begin again: a call that is repeated opens one pass.
 */
export async function startRewatch (
  watching: WatchingDeps,
  watcher: ProfileRef,
  title: CatalogueTitle,
): Promise<UndoToken> {
  await flushLive(watching, watcher)
  const since = watching.now()
  const profile = await findProfileWatching(watcher.account, watcher.profile)
  const entry = profile === null ? null : await findEntry(profile, title.id)
  const before: DismissalState = { hiddenAt: entry?.hiddenAt ?? null, droppedAt: entry?.droppedAt ?? null }
  const undo = await storeUndo(watching, watcher, title.id, { kind: 'rewatch', since, before, after: NOT_AWAY })
  const reading = await loadTitleWatchState(watching.catalogue, watcher.profile, title.id)
  const item = title.order[0] ?? title.items[0]
  if (item !== undefined && !isUntouched(reading)) {
    const pass = {
      _id: passIdOf(watcher, title.id, since),
      kind: 'pass' as const,
      startedAt: since,
      at: since,
      watched: null,
      endAt: null,
      eventId: undo._id.toString(),
    }
    await Play.collection.insertOne(newMarkOfItem(watcher, title, item, pass))
  }
  await projectTitle(watching, watcher, title.id, NOT_AWAY)
  return undoTokenOf(undo)
}

/**
 * Takes the running pass back, whether it was asked for or began by itself: the one before goes on where it was, and what
 * was played in between stays in the history only. The pass is named, so that a call that is repeated takes one back.
 * @throws DomainError 409 `not-watching-again` for the first pass, or one that another has followed
 */
export async function cancelRewatch (
  watching: WatchingDeps,
  watcher: ProfileRef,
  titleId: string,
  pass: number,
): Promise<void> {
  const { passes } = await loadTitleWatchState(watching.catalogue, watcher.profile, titleId)
  if (pass > passes.number) return
  if (passes.since === null || pass < passes.number) {
    throw conflict(
      'not-watching-again',
      'Not the pass that is running',
      `The pass that is running is ${passes.number}; only the running one can be taken back, and not the first.`,
      { pass: passes.number },
    )
  }
  await endRun(watching, watcher, titleId, new Date(passes.since))
}

/** Takes back the pass that began at a moment; a second time does nothing. */
export async function endRun (
  watching: WatchingDeps,
  watcher: ProfileRef,
  titleId: string,
  since: Date,
): Promise<void> {
  const { rows } = await loadTitleWatchState(watching.catalogue, watcher.profile, titleId)
  const id = passIdOf(watcher, titleId, since)
  const known = rows.find((row) => row._id.equals(id)) ??
    rows.find((row) => row.startedAt.getTime() === since.getTime())
  if (known === undefined || (known.kind === 'pass' && known.endAt !== null)) return
  await Play.replaceOne({ _id: id }, endedPass(known, id, since, watching.now()), { upsert: true })
  await projectTitle(watching, watcher, titleId)
}

function endedPass (
  { account, profile, title, item, season, episode, titleName, itemName }: StoredPlay,
  _id: Types.ObjectId,
  since: Date,
  endAt: Date,
): StoredPlay {
  return newWatchedMark({
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
    startedAt: since,
    at: since,
    watched: null,
    endAt,
    eventId: '',
  })
}

function passIdOf (watcher: ProfileRef, titleId: string, since: Date): Types.ObjectId {
  return derivePlayId(watcher.profile, `pass ${titleId} ${since.getTime()}`)
}
