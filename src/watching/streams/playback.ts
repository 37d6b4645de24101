// Starting, renewing and stopping playback: the plan, the slot, the file and the exact place come together here.
import { findAccount, type StoredAccount, type StoredProfile } from '../../../models/account.js'
import { Types } from 'mongoose'
import type { StreamLease } from '../../../models/account-streams.js'
import { toPlayProgress } from '../../../models/play.js'
import { findTitlePreferences } from '../../../models/profile-title-preferences.js'
import {
  durationOf,
  numbersOf,
  readyFilesOf,
  type CatalogueFile,
  type CatalogueItem,
  type CatalogueTitle,
} from '../../catalogue/store/catalogue.js'
import {
  chooseFile,
  videoHeight,
  type ClientCapabilities,
  type FileChoice,
  type Rejection,
} from '../../domain/file-choice.js'
import { chooseLanguages, type LanguageChoice, type LanguagePreferences } from '../../domain/language-choice.js'
import type { TitleState } from '../../domain/next-up.js'
import { wouldStartRewatch } from '../../domain/rewatch-runs.js'
import { smallestPlanFor } from '../../domain/plans.js'
import {
  baseFor,
  completionThresholdMs,
  type ItemBase,
  type ItemState,
  type ProgressEvent,
} from '../../domain/progress.js'
import { hasAired } from '../../domain/watch-order.js'
import { conflict, notFound, profileLocked, type DomainError } from '../../errors.js'
import { dateOrNull } from '../dates.js'
import { flushAndRemove, flushEnded, flushLease, type FlushSchedule } from './flush.js'
import { storedLanguages, saveLanguages } from './languages.js'
import { findPlay } from '../history/plays.js'
import { recordProgress } from '../history/record.js'
import { applyEvent, findLease, renewLease, acquireLease } from './stream-leases.js'
import type { TitleWatchState } from '../history/title-watch-state.js'
import { findResumePosition } from './resume-position.js'
import { LEASE_TTL_MS, type ProfileRef, type WatchingDeps } from '../watching.js'

export interface PlaybackRequest {
  readonly title: CatalogueTitle
  readonly item: CatalogueItem
  readonly session: string
  readonly device: string | null
  readonly client: ClientCapabilities
  /** The languages that the viewer asks for with this start. */
  readonly spoken: LanguagePreferences
  /** The stream to end in exchange for its slot. */
  readonly takeOver: string | null
  readonly private: boolean
}

export interface StartedPlayback {
  readonly slot: StreamLease
  readonly choice: FileChoice<CatalogueFile>
  readonly languages: LanguageChoice
  /** The sharpest picture that this stream may have: the plan's, or less when the client cannot show it; pixels. */
  readonly maxHeight: number
}

/**
 * Starts a playback: chooses the file, finds the place, takes a slot of the plan.
 * @throws DomainError 404 without such a profile, 409 `no-media`, `plan-resolution`, `client-unsupported`, `plan-stream-limit`
 */
export async function startPlayback (
  watching: WatchingDeps,
  watcher: ProfileRef,
  request: PlaybackRequest,
): Promise<StartedPlayback> {
  const now = watching.now()
  if (!hasAired(request.item, now)) throw notAired(request.item)
  const [account, { state, reading }, taste] = await Promise.all([
    findAccount(watcher.account),
    findResumePosition(watching, watcher, request.title.id, request.item.id),
    findTitlePreferences(watcher.profile, request.title.id),
  ])
  const profile = account?.profiles.find((one) => one._id.toString() === watcher.profile)
  if (account === null || profile === undefined) throw notFound('profile')
  if (profile.locked) throw profileLocked()
  const lastFileId = lastFileOf(
    reading.rows.filter((row) => row.kind === 'play' && row.isPlayed && row.item.toString() === request.item.id),
  )
  const memory = storedLanguages(taste)
  const choice = chooseOrRefuse(watching, request, account, profile, memory, lastFileId)
  const { base, startPositionMs } = beginsAt(reading, request.item, state, now)
  const durationMs = choice.file.durationMs ?? durationOf(watching.catalogue, request.item)
  const result = await acquireLease(
    watcher.account,
    account.limits,
    account.__v,
    {
      profile: profile._id,
      session: new Types.ObjectId(request.session),
      title: new Types.ObjectId(request.title.id),
      item: new Types.ObjectId(request.item.id),
      ...numbersOf(request.title, request.item),
      mediaFile: new Types.ObjectId(choice.file.id),
      device: request.device,
      private: request.private,
      maxHeight: account.limits.maxHeight,
      startedAt: now,
      startPositionMs,
      durationMs,
      finishMarkMs: completionThresholdMs({ durationMs, creditsStartMs: request.item.markers?.creditsStartMs ?? null }),
      base: {
        watchedMs: base.watchedMs,
        finishedAt: dateOrNull(base.finishedAt),
        endedAt: dateOrNull(base.endedAt),
        activeAt: dateOrNull(base.activeAt),
      },
    },
    request.takeOver,
    now,
  )
  if (!result.taken) throw streamLimitReached(watching, account, result.holders)
  if (request.takeOver !== null) await flushTakenOver(watching, watcher, account, request.takeOver)
  if (!request.private) await saveLanguages(watcher, request.title.id, request.spoken, now)
  const maxHeight = Math.min(account.limits.maxHeight, request.client.maxHeight ?? Infinity)
  return {
    slot: result.slot,
    choice,
    maxHeight,
    languages: languagesFor(watching, request, profile, memory, choice.file, lastFileId),
  }
}

function languagesFor (
  watching: WatchingDeps,
  request: PlaybackRequest,
  profile: StoredProfile,
  memory: LanguagePreferences,
  file: CatalogueFile,
  lastFileId: string | null,
): LanguageChoice {
  const heard = lastFileId === null ? [] : watching.catalogue.findFile(lastFileId)?.audioLanguages ?? []
  const subtitles = watching.catalogue.sideFilesOf(request.item.id).subtitles.map(({ _id, language, kind }) => ({
    id: _id.toString(),
    language,
    kind,
  }))
  return chooseLanguages({ ...file, subtitles }, {
    request: request.spoken,
    clientLanguages: request.client.languages ?? [],
    memory,
    lastHeard: heard.length === 1 ? heard[0] ?? null : null,
    profile,
    originalLanguage: request.title.originalLanguage,
  })
}

/** Where a play begins, and what earlier ones leave to it: nothing when it opens a new pass of something finished. */
function beginsAt (
  { events, outline, passes }: TitleWatchState,
  item: CatalogueItem,
  state: ItemState | null,
  now: Date,
): { base: ItemBase, startPositionMs: number } {
  const plays = events.plays.filter((play) => play.item === item.id).map(({ facts }) => facts)
  const mark = events.marks.find((one) => one.item === item.id)?.mark ?? null
  const base = baseFor(plays, mark, passes)
  const resumeMs = state?.resumeMs ?? 0
  if (!wouldStartRewatch(events, outline, item.id, now.getTime())) return { base, startPositionMs: resumeMs }
  const fresh = { watchedMs: 0, finishedAt: base.finishedAt, endedAt: null, activeAt: null }
  return { base: fresh, startPositionMs: state?.isResumable === true ? resumeMs : 0 }
}

function notAired (item: CatalogueItem): DomainError {
  return conflict('not-aired', 'Not aired yet', `It airs on ${item.airDate ?? 'a day to come'}.`, {
    airDate: item.airDate,
  })
}

function lastFileOf (plays: ReadonlyArray<{ at: Date, mediaFile: Types.ObjectId | null }>): string | null {
  const newest = [...plays].filter((play) => play.mediaFile !== null).sort((a, b) => b.at.getTime() - a.at.getTime())[0]
  return newest?.mediaFile?.toString() ?? null
}

function chooseOrRefuse (
  watching: WatchingDeps,
  request: PlaybackRequest,
  account: StoredAccount,
  profile: StoredProfile,
  memory: LanguagePreferences,
  lastFileId: string | null,
): FileChoice<CatalogueFile> {
  const { audio } = request.spoken
  const choice = chooseFile(readyFilesOf(watching.catalogue, request.item.id), {
    planMaxHeight: account.limits.maxHeight,
    client: audio === undefined
      ? request.client
      : { ...request.client, languages: [audio.language, ...request.client.languages ?? []] },
    rememberedLanguage: memory.audio?.language ?? null,
    profileLanguages: profile.audioLanguages,
    originalLanguage: request.title.originalLanguage,
    lastFileId,
  })
  if (typeof choice === 'string') {
    throw nothingPlayable(choice, account, readyFilesOf(watching.catalogue, request.item.id))
  }
  return choice
}

function nothingPlayable (refusal: Rejection, account: StoredAccount, files: readonly CatalogueFile[]): DomainError {
  switch (refusal) {
    case 'no-file':
      return conflict('no-media', 'Nothing to play yet', 'There is no media file for it yet.')
    case 'plan':
      return tooSharp(account.limits.maxHeight, Math.min(...files.map(videoHeight)))
    case 'client':
      return conflict(
        'client-unsupported',
        'Nothing this device can play',
        'No file fits the height, bitrate and codecs that the client says it can play.',
      )
  }
}

/** @param neededHeight of the least sharp file, in pixels */
function tooSharp (maxHeight: number, neededHeight: number): DomainError {
  const plan = smallestPlanFor(neededHeight)
  const remedy = plan === null ? 'No plan plays it.' : `The plan ${plan.name} plays it.`
  return conflict(
    'plan-resolution',
    'Not on this plan',
    `Every file is sharper than the ${maxHeight}p of this plan. ${remedy}`,
    { maxHeight, neededHeight, plan: plan?.id ?? null },
  )
}

function streamLimitReached (
  watching: WatchingDeps,
  account: StoredAccount,
  holders: readonly StreamLease[],
): DomainError {
  const { maxStreams } = account.limits
  const devices = maxStreams === 1 ? 'one device' : `${maxStreams} devices`
  return conflict(
    'plan-stream-limit',
    'Too many streams',
    `This plan plays on ${devices} at a time. Stop one, or take it over with takeOver.`,
    {
      maxStreams,
      streams: holders.map((slot) => describeStream(watching, account.profiles, slot)),
    },
  )
}

export interface StreamDescription {
  readonly id: string
  readonly profile: { readonly id: string, readonly name: string }
  readonly device: string | null
  readonly title: { readonly id: string, readonly title: string }
  readonly season: number | null
  readonly episode: number | null
  readonly state: StreamLease['state']
  readonly positionMs: number
  readonly durationMs: number | null
  readonly private: boolean
  readonly since: string
  readonly expiresAt: string
}

/** What the account's owner sees of a stream. */
export function describeStream (
  watching: WatchingDeps,
  profiles: ReadonlyArray<Pick<StoredProfile, '_id' | 'name'>>,
  slot: StreamLease,
): StreamDescription {
  const profile = profiles.find((one) => one._id.equals(slot.profile))
  return {
    id: slot._id.toString(),
    profile: { id: slot.profile.toString(), name: profile?.name ?? 'A deleted profile' },
    device: slot.device,
    title: {
      id: slot.title.toString(),
      title: watching.catalogue.findTitle(slot.title.toString())?.title ?? 'A deleted title',
    },
    season: slot.season,
    episode: slot.episode,
    state: slot.state,
    positionMs: slot.positionMs,
    durationMs: slot.durationMs,
    private: slot.private,
    since: slot.startedAt.toISOString(),
    expiresAt: slot.expiresAt.toISOString(),
  }
}

async function flushTakenOver (
  watching: WatchingDeps,
  watcher: ProfileRef,
  account: StoredAccount,
  streamId: string,
): Promise<void> {
  for (const profile of account.profiles) {
    const owner = { account: watcher.account, profile: profile._id.toString() }
    const slot = await findLease(owner, streamId)
    if (slot !== null) await flushEnded(watching, owner, slot)
  }
}

export const streamEnded = (): DomainError =>
  conflict(
    'stream-ended',
    'The stream has ended',
    'Its lease ran out, or its slot was taken back. The position is kept; start playback again.',
  )

/**
 * Renews a lease with the position it has now.
 * @returns when the lease runs out next
 * @throws DomainError 404, or 409 `stream-ended`
 */
export async function heartbeat (
  watching: WatchingDeps,
  watcher: ProfileRef,
  streamId: string,
  event: ProgressEvent,
  state: StreamLease['state'],
  schedule: FlushSchedule,
): Promise<Date> {
  const now = watching.now()
  const lease = await renewLease(watcher, streamId, event, state, now)
  if (lease === 'unknown' && await findPlay(watcher, streamId) === null) throw notFound('stream')
  if (lease !== 'live') throw streamEnded()
  if (schedule.isDue(streamId, state === 'paused', now)) flushInBackground(watching, watcher, streamId)
  return new Date(now.getTime() + LEASE_TTL_MS)
}

function flushInBackground (watching: WatchingDeps, watcher: ProfileRef, streamId: string): void {
  findLease(watcher, streamId)
    .then(async (slot) => slot === null ? null : await flushLease(watching, watcher, slot))
    .catch((error: unknown) => {
      watching.warn(error, 'a running stream could not be flushed; it will be tried again')
    })
}

export interface StoppedPlayback {
  readonly title: CatalogueTitle | null
  readonly item: CatalogueItem | null
  /** Null for a private stream, or when nothing was played. */
  readonly state: ItemState | null
  /** The state of the whole title, once something was played. */
  readonly titleState: TitleState | null
}

/**
 * Takes in the final event, brings the play to the history and frees the slot at once.
 * A stop that is sent again, or long after the lease ran out, ends the same.
 * @throws DomainError 404 for a stream that never was this profile's
 */
export async function stopPlayback (
  watching: WatchingDeps,
  watcher: ProfileRef,
  streamId: string,
  event: ProgressEvent,
  schedule: FlushSchedule,
): Promise<StoppedPlayback> {
  schedule.forget(streamId)
  const slot = await findLease(watcher, streamId)
  if (slot === null) return await stopLate(watching, watcher, streamId, event)
  await applyEvent(watcher, streamId, event)
  const flushed = await flushAndRemove(watching, watcher, streamId)
  if (flushed === null && !slot.private) return await stoppedAt(watching, watcher, slot)
  return { ...named(watching, slot), state: flushed?.state ?? null, titleState: flushed?.title ?? null }
}

async function stopLate (
  watching: WatchingDeps,
  watcher: ProfileRef,
  streamId: string,
  event: ProgressEvent,
): Promise<StoppedPlayback> {
  const play = await findPlay(watcher, streamId)
  if (play === null) throw notFound('stream')
  const { title, item } = named(watching, play)
  const { startedAt, startPositionMs } = toPlayProgress(play)
  if (item !== null && title !== null) {
    await recordProgress(watching, watcher, title, item, [{
      ...event,
      sitting: streamId,
      start: { startedAt, startPositionMs },
    }])
  }
  return await stoppedAt(watching, watcher, play)
}

type Played = Pick<StreamLease, 'title' | 'item'>

function named (
  { catalogue }: WatchingDeps,
  { title, item }: Played,
): { title: CatalogueTitle | null, item: CatalogueItem | null } {
  return { title: catalogue.findTitle(title.toString()), item: catalogue.findItem(item.toString()) }
}

/** How things are when the stop itself changed nothing. */
async function stoppedAt (watching: WatchingDeps, watcher: ProfileRef, played: Played): Promise<StoppedPlayback> {
  const { state, reading } = await findResumePosition(
    watching,
    watcher,
    played.title.toString(),
    played.item.toString(),
  )
  return { ...named(watching, played), state, titleState: reading.state }
}
