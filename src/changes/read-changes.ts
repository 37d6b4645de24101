// Reads the changes for a profile since a cursor: from the change logs of the profile and of the catalogue, and from
// its running streams. Titles that are not visible to the profile are never named.
import mongoose, { Types } from 'mongoose'
import { findStreamLeases, type StreamLease } from '../../models/account-streams.js'
import { CATALOGUE_LOG_ID, ChangeLog, type StoredChangeLog } from '../../models/change-log.js'
import { findVisibleTitle } from '../catalogue/queries/find-visible.js'
import type { Catalogue, CatalogueTitle } from '../catalogue/store/catalogue.js'
import type { MaturityScope } from '../domain/maturity.js'
import type { ChangeKind } from '../domain/vocabulary.js'
import type { ProfileRef } from '../watching/deps.js'
import { hasUnflushedEvents } from '../watching/streams/resume-position.js'
import { createUncachedStates, type ProfileStates } from '../watching/profile-states.js'
import { loadTitleStatesOfProfile, type ProfileState } from '../watching/title-states.js'
import { fingerprintStreams } from './fingerprints.js'

/**
 * Newest known change in the log of the profile, in the log of the catalogue, and of a stream (ms since the epoch), and
 * the fingerprints of the account, of its sessions and of its streams. Cursors of older versions lack the fingerprints.
 */
export type FeedCursor = readonly [
  profileSeq: number,
  catalogueSeq: number,
  streamMs: number,
  account?: string,
  sessions?: string,
  streams?: string,
]

/** What a feed compares with its cursor. */
export interface AccountFingerprints {
  readonly account: string
  readonly sessions: string
}

export interface FeedChange {
  readonly kind: ChangeKind
  /** The title with its current state; null if any title may have changed, or if the title is no longer visible. */
  readonly card: { readonly title: CatalogueTitle, readonly state: ProfileState } | null
}

export interface FeedPage {
  readonly changes: readonly FeedChange[]
  /** True if the logs no longer contain all changes: the client reads everything again. */
  readonly isReset: boolean
  readonly cursor: FeedCursor
}

export interface ChangeReader {
  /** @param since null to start the feed now */
  read(
    ref: ProfileRef,
    scope: MaturityScope,
    since: FeedCursor | null,
    fingerprints: AccountFingerprints,
  ): Promise<FeedPage>
}

interface ChangeReaderDeps {
  readonly catalogue: Catalogue
  now(): Date
}

type ReadLog = Pick<StoredChangeLog, 'seq' | 'trimmedSeq' | 'entries'>
const EMPTY_LOG: ReadLog = { seq: 0, trimmedSeq: 0, entries: [] }

interface VisibleChange {
  readonly kind: ChangeKind
  readonly title: CatalogueTitle | null
}

interface NewEntries {
  readonly profileEntries: ReadLog['entries']
  readonly catalogueEntries: ReadLog['entries']
  readonly leases: readonly StreamLease[]
}

export function createChangeReader ({ catalogue, now }: ChangeReaderDeps): ChangeReader {
  // Uncached: a notification of the feed may be earlier than the one that invalidates caches.
  const states = createUncachedStates(catalogue)
  /** Up to this number, the catalogue in memory contains all changes of its log. */
  let reloadedSeq = 0
  let reloading: Promise<void> = Promise.resolve()

  /** Reloads the titles of new log entries: the change stream of the catalogue may be behind the log. */
  async function reloadChangedTitles (log: ReadLog): Promise<void> {
    reloading = reloading.catch(() => undefined).then(async () => {
      const entries = log.entries.filter(({ seq, title }) => seq > reloadedSeq && title !== null)
      await Promise.all(entries.map(async ({ title }) => {
        await catalogue.reloadTitle(String(title))
      }))
      reloadedSeq = Math.max(reloadedSeq, log.seq)
    })
    await reloading
  }

  /** Removes duplicates and invisible titles. */
  function toVisibleChanges (
    scope: MaturityScope,
    { profileEntries, catalogueEntries, leases }: NewEntries,
  ): VisibleChange[] {
    const entries = [
      ...catalogueEntries,
      ...profileEntries,
      ...leases.map(({ title }) => ({ kind: 'watching' as const, title })),
    ]
    const changes = entries.map(({ kind, title }) => ({
      kind,
      isNamed: title !== null,
      title: title === null ? null : findVisibleTitle(catalogue, scope, title.toString(), now()),
    }))
      // That a title is no longer visible is a catalogue change without a name. Other changes of it are left out.
      .filter(({ kind, title, isNamed }) => kind === 'catalogue' || title !== null || !isNamed)
    return [...new Map(changes.map(({ kind, title }) => [`${kind} ${title?.id ?? ''}`, { kind, title }])).values()]
  }

  return {
    async read (ref, scope, since, fingerprints) {
      const profileId = new Types.ObjectId(ref.profile)
      const [logs, allLeases] = await Promise.all([
        ChangeLog.find({ _id: mongoose.trusted({ $in: [profileId, CATALOGUE_LOG_ID] }) }).lean<StoredChangeLog[]>(),
        findStreamLeases(ref.account),
      ])
      const profileLog = logs.find(({ _id }) => _id.equals(profileId)) ?? EMPTY_LOG
      const catalogueLog = logs.find(({ _id }) => _id.equals(CATALOGUE_LOG_ID)) ?? EMPTY_LOG
      const leases = allLeases.filter((lease) => lease.profile.equals(profileId) && hasUnflushedEvents(lease))
      const newestStreamMs = Math.max(since?.[2] ?? 0, ...leases.map(lastEventMs))
      const streams = fingerprintStreams(allLeases, now())
      const cursor: FeedCursor = [
        profileLog.seq,
        catalogueLog.seq,
        newestStreamMs,
        fingerprints.account,
        fingerprints.sessions,
        streams,
      ]
      if (since === null) return { changes: [], isReset: false, cursor }
      const [profileSeq, catalogueSeq, streamMs] = since
      if (!containsSince(profileLog, profileSeq) || !containsSince(catalogueLog, catalogueSeq)) {
        return { changes: [], isReset: true, cursor }
      }
      await reloadChangedTitles(catalogueLog)
      const titleChanges = toVisibleChanges(scope, {
        profileEntries: profileLog.entries.filter(({ seq }) => seq > profileSeq),
        catalogueEntries: catalogueLog.entries.filter(({ seq }) => seq > catalogueSeq),
        leases: leases.filter((lease) => lastEventMs(lease) > streamMs),
      })
      const changes: VisibleChange[] = [...titleChanges, ...findAccountChanges(since, cursor)]
      const titleIds = changes.flatMap(({ title }) => title === null ? [] : [title.id])
      const stateOfTitle = await loadCurrentStates(states, ref, titleIds, leases)
      return {
        changes: changes.map(({ kind, title }) => ({
          kind,
          card: title === null ? null : { title, state: stateOfTitle(title.id) },
        })),
        isReset: false,
        cursor,
      }
    },
  }
}

/** Compares fingerprints. They name no details: the client reads the account again. */
function findAccountChanges (since: FeedCursor, cursor: FeedCursor): VisibleChange[] {
  const hasAccountChanged = since[3] !== cursor[3] || since[4] !== cursor[4]
  return [
    ...hasAccountChanged ? [{ kind: 'account' as const, title: null }] : [],
    ...since[5] === cursor[5] ? [] : [{ kind: 'streams' as const, title: null }],
  ]
}

function lastEventMs ({ at }: StreamLease): number {
  return at?.getTime() ?? 0
}

/** A log with a smaller number than the cursor was lost and started again. */
function containsSince (log: ReadLog, seq: number): boolean {
  return log.trimmedSeq <= seq && seq <= log.seq
}

const NO_STATE: ProfileState = { inWishlist: false, rating: null, progress: null }

/** The states of titles, with the positions of running streams. */
async function loadCurrentStates (
  states: ProfileStates,
  ref: ProfileRef,
  titleIds: readonly string[],
  leases: readonly StreamLease[],
): Promise<(titleId: string) => ProfileState> {
  const profile = titleIds.length === 0 ? null : await states.findProfile(ref)
  if (profile === null) return () => NO_STATE
  return await loadTitleStatesOfProfile(states, profile, titleIds, leases)
}
