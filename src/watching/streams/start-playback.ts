// Starts a playback: chooses the file and the languages, finds the resume position and acquires a stream lease.
import { Types } from 'mongoose'
import { findAccount, type StoredAccount, type StoredProfile } from '../../../models/account.js'
import { findStreamLeases, type StreamLease } from '../../../models/account-streams.js'
import { findTitlePreferences } from '../../../models/profile-title-preferences.js'
import { offeredSubtitles } from '../../catalogue/queries/offered-subtitles.js'
import {
  episodeNumbers,
  itemDurationMs,
  readyFiles,
  type CatalogueFile,
  type CatalogueItem,
  type CatalogueTitle,
} from '../../catalogue/store/catalogue.js'
import { chooseFile, videoHeight, type ClientCapabilities, type FileChoice } from '../../domain/file-choice.js'
import type { ItemBase, ItemState } from '../../domain/item-state.js'
import { chooseLanguages, type LanguageChoice, type LanguagePreferences } from '../../domain/language-choice.js'
import { completionThresholdMs } from '../../domain/progress.js'
import { hasAired } from '../../domain/watch-order.js'
import { notFound, profileLocked, unavailable } from '../../errors.js'
import type { ProfileRef, WatchingDeps } from '../deps.js'
import type { TitleWatchState } from '../history/title-watch-state.js'
import { flushEndedLease } from './flush.js'
import { deriveBaseOfPlay } from './lease-history.js'
import { storedLanguages, saveLanguages } from './languages.js'
import { noPlayableFile, notAired, streamLimitReached } from './playback-errors.js'
import { findResumePosition } from './resume-position.js'
import { acquireLease, toStoredBase } from './stream-leases.js'
import { reportRefusal } from './stream-refusals.js'
import { verifyNewLease, type PlaybackCaller } from './verify-new-lease.js'

export interface PlaybackRequest {
  readonly title: CatalogueTitle
  readonly item: CatalogueItem
  readonly caller: PlaybackCaller
  readonly device: string | null
  readonly client: ClientCapabilities
  readonly requestedLanguages: LanguagePreferences
  /** ID of a stream to end, to make room for this one; null for none. A profile token ends only its own streams. */
  readonly takeOver: string | null
  readonly private: boolean
  /** True: the position is estimated from reads if the client sends no heartbeat. */
  readonly estimatePosition: boolean
}

export interface StartedPlayback {
  readonly lease: StreamLease
  readonly choice: FileChoice<CatalogueFile>
  readonly languages: LanguageChoice
  /** Highest resolution of the stream, pixels: the limit of the plan, or a lower one of the client. */
  readonly maxHeight: number
}

/** A plan change between reading the limits and acquiring the lease makes a start read them again. */
const MAX_ATTEMPTS = 3

/**
 * Starts a playback at the resume position.
 * @throws DomainError 404 `not-found` without such a profile, 409 `profile-locked`, `not-aired`, `no-media`,
 *   `plan-resolution`, `client-unsupported`, `plan-stream-limit`, 503 `busy`; 401 and 403 when the session ended or the
 *   PIN changed at the same time
 */
export async function startPlayback (
  watching: WatchingDeps,
  ref: ProfileRef,
  request: PlaybackRequest,
): Promise<StartedPlayback> {
  for (let i = 0; i < MAX_ATTEMPTS; i++) {
    const started = await attemptStart(watching, ref, request).catch(async (error: unknown) => {
      await reportRefusal(watching, ref, request, error)
      throw error
    })
    if (started !== null) return started
  }
  throw unavailable('busy', 'The plan was changed at the same time. Retry in a moment.', 1)
}

/** @returns null when the plan was changed to a lower resolution than the chosen file's at the same time */
async function attemptStart (
  watching: WatchingDeps,
  ref: ProfileRef,
  request: PlaybackRequest,
): Promise<StartedPlayback | null> {
  const { title, item } = request
  const now = watching.now()
  if (!hasAired(item, now)) throw notAired(item)
  const [account, { state, watchState }, preferences] = await Promise.all([
    findAccount(ref.account),
    findResumePosition(watching, ref, title.id, item.id),
    findTitlePreferences(ref.profile, title.id),
  ])
  const profile = account?.profiles.find(({ _id }) => _id.toString() === ref.profile)
  if (account === null || profile === undefined) throw notFound('profile')
  if (profile.locked) throw profileLocked()
  const context: PlaybackContext = {
    account,
    profile,
    stored: storedLanguages(preferences),
    lastFileId: findLastFileId(watchState, item),
  }
  const choice = choosePlayableFile(watching, request, context)
  const { base, startPositionMs } = deriveStart(watchState, item, state, now)
  const durationMs = choice.file.durationMs ?? itemDurationMs(watching.catalogue, item)
  const creditsStartMs = item.markers?.creditsStartMs ?? null
  const result = await acquireLease(
    ref.account,
    account.limits,
    account.__v,
    {
      profile: profile._id,
      session: new Types.ObjectId(request.caller.sessionId),
      title: new Types.ObjectId(title.id),
      item: new Types.ObjectId(item.id),
      ...episodeNumbers(title, item),
      mediaFile: new Types.ObjectId(choice.file.id),
      device: request.device,
      private: request.private,
      estimatePosition: request.estimatePosition,
      videoHeight: videoHeight(choice.file),
      maxHeight: account.limits.maxHeight,
      startedAt: now,
      startPositionMs,
      durationMs,
      completionThresholdMs: completionThresholdMs({ durationMs, creditsStartMs }),
      base: toStoredBase(base),
    },
    request.takeOver === null ? null : { streamId: request.takeOver, profileId: request.caller.boundProfileId },
    now,
  )
  if (!result.isAcquired && result.exceedsHeight) return null
  if (!result.isAcquired) throw streamLimitReached(watching, account, result.holders, request.caller.boundProfileId)
  await verifyNewLease(ref, request.caller, result.lease, now)
  if (request.takeOver !== null) await flushTakenOverStream(watching, account, request)
  if (!request.private) await saveLanguages(ref, title.id, request.requestedLanguages, now)
  return {
    lease: result.lease,
    choice,
    maxHeight: Math.min(account.limits.maxHeight, request.client.maxHeight ?? Infinity),
    languages: choosePlaybackLanguages(watching, request, context, choice.file),
  }
}

/** What the database holds for the choice of the file and the languages. */
interface PlaybackContext {
  readonly account: StoredAccount
  readonly profile: StoredProfile
  readonly stored: LanguagePreferences
  /** The media file of the newest play of the item. */
  readonly lastFileId: string | null
}

function findLastFileId ({ records }: TitleWatchState, item: CatalogueItem): string | null {
  const newest = records
    .filter((record) =>
      record.kind === 'play' && record.isPlayed && record.item.toString() === item.id && record.mediaFile !== null
    )
    .sort((a, b) => b.at.getTime() - a.at.getTime())[0]
  return newest?.mediaFile?.toString() ?? null
}

/** Chooses the file; the requested audio language precedes the client's languages. */
function choosePlayableFile (
  watching: WatchingDeps,
  { title, item, client, requestedLanguages: { audio } }: PlaybackRequest,
  { account, profile, stored, lastFileId }: PlaybackContext,
): FileChoice<CatalogueFile> {
  const files = readyFiles(watching.catalogue, item.id)
  const choice = chooseFile(files, {
    planMaxHeight: account.limits.maxHeight,
    client: audio === undefined ? client : { ...client, languages: [audio.language, ...client.languages ?? []] },
    storedLanguage: stored.audio?.language ?? null,
    profileLanguages: profile.audioLanguages,
    originalLanguage: title.originalLanguage,
    lastFileId,
  })
  if (typeof choice === 'string') throw noPlayableFile(watching, choice, account, files)
  return choice
}

function choosePlaybackLanguages (
  { catalogue }: WatchingDeps,
  { title, client, requestedLanguages }: PlaybackRequest,
  { profile, stored, lastFileId }: PlaybackContext,
  file: CatalogueFile,
): LanguageChoice {
  const lastFileLanguages = lastFileId === null ? [] : catalogue.findFile(lastFileId)?.audioLanguages ?? []
  const subtitles = offeredSubtitles(catalogue, file).map(({ _id, language, kind }) => ({
    id: _id.toString(),
    language,
    kind,
  }))
  const { audioLanguages, subtitleLanguages } = file
  return chooseLanguages({ audioLanguages, subtitleLanguages, subtitles }, {
    request: requestedLanguages,
    clientLanguages: client.languages ?? [],
    stored,
    lastAudioLanguage: lastFileLanguages.length === 1 ? lastFileLanguages[0] ?? null : null,
    profile,
    originalLanguage: title.originalLanguage,
  })
}

/** Derives the start position and the base of a new play. */
function deriveStart (
  watchState: TitleWatchState,
  item: CatalogueItem,
  state: ItemState | null,
  now: Date,
): { base: ItemBase, startPositionMs: number } {
  const { base, startsRewatch } = deriveBaseOfPlay(watchState, item.id, now.getTime())
  const resumeMs = state?.resumeMs ?? 0
  return { base, startPositionMs: !startsRewatch || state?.isResumable === true ? resumeMs : 0 }
}

async function flushTakenOverStream (
  watching: WatchingDeps,
  { _id }: StoredAccount,
  { takeOver, caller: { boundProfileId } }: PlaybackRequest,
): Promise<void> {
  const account = _id.toString()
  const lease = (await findStreamLeases(account)).find((one) => one._id.toString() === takeOver)
  if (lease === undefined || (boundProfileId !== null && lease.profile.toString() !== boundProfileId)) return
  await flushEndedLease(watching, { account, profile: lease.profile.toString() }, lease)
}
