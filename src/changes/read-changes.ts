// What changed for a profile since a place in its feed: from the logs of the profile and of the catalogue, and from what is
// playing right now. Titles that the profile may not see are never named.
import mongoose, { Types } from 'mongoose'
import { findProfileWatching } from '../../models/account.js'
import { findStreamLeases, type StreamLease } from '../../models/account-streams.js'
import { CATALOGUE_LOG, ChangeLog, type ChangeKind, type StoredChangeLog } from '../../models/change-log.js'
import { loadTitleStatesOfProfile } from '../watching/title-states.js'
import type { Catalogue, CatalogueTitle } from '../catalogue/store/catalogue.js'
import { canSee, type MaturityScope } from '../domain/maturity.js'
import type { ProfileState } from '../schemas/catalogue.js'
import { toLeaseItemState } from '../watching/streams/stream-leases.js'
import type { ProfileRef } from '../watching/watching.js'
import { hasUnflushedEvents } from '../watching/streams/resume-position.js'

/** A place in a feed: the newest change known of the profile, of the catalogue, and of what is playing (ms since the epoch). */
export type FeedCursor = readonly [seq: number, catalogueSeq: number, liveAt: number]

export interface FeedChange {
  readonly kind: ChangeKind
  /** With its present state; null where any title may be concerned, or one that is not there for this profile any more. */
  readonly card: { readonly title: CatalogueTitle, readonly state: ProfileState } | null
}

export interface FeedPage {
  readonly changes: readonly FeedChange[]
  /** More has changed than is remembered: everything is to be read again. */
  readonly isReset: boolean
  readonly position: FeedCursor
}

export interface ChangeReader {
  /** @param since null begins now */
  read(watcher: ProfileRef, viewer: MaturityScope, since: FeedCursor | null): Promise<FeedPage>
}

type Log = Pick<StoredChangeLog, 'seq' | 'forgotten' | 'entries'>
const EMPTY_LOG: Log = { seq: 0, forgotten: 0, entries: [] }

export function createChangeReader (catalogue: Catalogue, now: () => Date): ChangeReader {
  /** Up to here this process has read every title that the catalogue's log names. */
  let caughtUp = 0
  let catchingUp: Promise<void> = Promise.resolve()

  /** The log may be ahead of the change stream that keeps the catalogue fresh. */
  async function catchUp (log: Log): Promise<void> {
    catchingUp = catchingUp.catch(() => undefined).then(async () => {
      const news = log.entries.filter(({ seq, title }) => seq > caughtUp && title !== null)
      await Promise.all(news.map(async ({ title }) => {
        await catalogue.reload(String(title))
      }))
      caughtUp = Math.max(caughtUp, log.seq)
    })
    await catchingUp
  }

  function see (viewer: MaturityScope, id: string | null): CatalogueTitle | null {
    const title = id === null ? null : catalogue.findTitle(id)
    return title !== null && canSee(viewer, title, now()) ? title : null
  }

  /** What is new in either log, by kind and title. */
  function listNews (
    viewer: MaturityScope,
    own: Log,
    shared: Log,
    [seq, catalogueSeq]: FeedCursor,
    live: readonly StreamLease[],
  ): Array<{ kind: ChangeKind, title: CatalogueTitle | null }> {
    const news = [
      ...shared.entries.filter((entry) => entry.seq > catalogueSeq),
      ...own.entries.filter((entry) => entry.seq > seq),
      ...live.map(({ title }) => ({ kind: 'watching' as const, title })),
    ].map(({ kind, title }) => ({
      kind,
      isNamed: title !== null,
      title: see(viewer, title === null ? null : title.toString()),
    }))
      // Something is gone from the catalogue, that is all there is to say; what the profile did with it is not to be seen.
      .filter(({ kind, title, isNamed }) => kind === 'catalogue' || title !== null || !isNamed)
    return [...new Map(news.map(({ kind, title }) => [`${kind} ${title?.id ?? ''}`, { kind, title }])).values()]
  }

  return {
    async read (watcher, viewer, since) {
      const profileId = new Types.ObjectId(watcher.profile)
      const [logs, slots] = await Promise.all([
        ChangeLog.find({ _id: mongoose.trusted({ $in: [profileId, CATALOGUE_LOG] }) }).lean<StoredChangeLog[]>(),
        findStreamLeases(watcher.account),
      ])
      const own = logs.find(({ _id }) => _id.equals(profileId)) ?? EMPTY_LOG
      const shared = logs.find(({ _id }) => _id.equals(CATALOGUE_LOG)) ?? EMPTY_LOG
      const live = slots.filter((slot) => slot.profile.equals(profileId) && hasUnflushedEvents(slot))
      const momentOf = ({ at }: StreamLease): number => at?.getTime() ?? 0
      const position: FeedCursor = [own.seq, shared.seq, Math.max(since?.[2] ?? 0, ...live.map(momentOf))]
      if (since === null) return { changes: [], isReset: false, position }
      // A log that is behind what was read of it was lost, and begins anew.
      if (isForgotten(own, since[0]) || isForgotten(shared, since[1])) return { changes: [], isReset: true, position }
      await catchUp(shared)
      const news = listNews(viewer, own, shared, since, live.filter((slot) => momentOf(slot) > since[2]))
      const states = await readStates(watcher, news.flatMap(({ title }) => title === null ? [] : [title.id]), live)
      return {
        changes: news.map(({ kind, title }) => ({
          kind,
          card: title === null ? null : { title, state: states(title.id) },
        })),
        isReset: false,
        position,
      }
    },
  }
}

function isForgotten (log: Log, seq: number): boolean {
  return seq < log.forgotten || seq > log.seq
}

const NO_STATE: ProfileState = { inWishlist: false, rating: null, progress: null }

/** The present states of titles, with the very place of what is playing. */
async function readStates (
  watcher: ProfileRef,
  titleIds: readonly string[],
  live: readonly StreamLease[],
): Promise<(titleId: string) => ProfileState> {
  const profile = titleIds.length === 0 ? null : await findProfileWatching(watcher.account, watcher.profile)
  if (profile === null) return () => NO_STATE
  const states = await loadTitleStatesOfProfile(profile, titleIds)
  return (titleId) => {
    const state = states(titleId)
    const playing =
      live.filter(({ title }) => title.toString() === titleId).map(toLeaseItemState).sort((a, b) =>
        b.lastWatchedAt - a.lastWatchedAt
      )[0]
    const lastWatchedAt = playing === undefined ? '' : new Date(playing.lastWatchedAt).toISOString()
    if (playing === undefined || (state.progress !== null && state.progress.lastWatchedAt > lastWatchedAt)) return state
    const { positionMs, durationMs, finished } = playing
    return { ...state, progress: { positionMs, durationMs, finished, lastWatchedAt } }
  }
}
