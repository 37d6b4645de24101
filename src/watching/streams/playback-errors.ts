// The errors of starting and continuing a playback.
import type { StoredAccount } from '../../../models/account.js'
import type { StreamLease } from '../../../models/account-streams.js'
import type { CatalogueFile, CatalogueItem } from '../../catalogue/store/catalogue.js'
import { videoHeight, type NoFileReason } from '../../domain/file-choice.js'
import { conflict, type DomainError } from '../../errors.js'
import type { WatchingDeps } from '../deps.js'
import { describeStream } from './describe-stream.js'

export const notAired = ({ airDate }: CatalogueItem): DomainError =>
  conflict('not-aired', 'Not aired yet', `It airs on ${airDate ?? 'a later date'}.`, { airDate })

/** @param files the ready files of the item */
export function noPlayableFile (
  watching: WatchingDeps,
  reason: NoFileReason,
  { limits }: StoredAccount,
  files: readonly CatalogueFile[],
): DomainError {
  switch (reason) {
    case 'no-file':
      return conflict('no-media', 'Nothing to play yet', 'There is no media file for it yet.')
    case 'plan':
      return exceedsPlanResolution(watching, limits.maxHeight, Math.min(...files.map(videoHeight)))
    case 'client':
      return conflict(
        'client-unsupported',
        'No file for this device',
        'No file fits the height, bitrate and codecs that the client supports.',
      )
  }
}

/** @param neededHeight resolution of the smallest file, pixels */
function exceedsPlanResolution ({ plans }: WatchingDeps, maxHeight: number, neededHeight: number): DomainError {
  const plan = plans.smallestPlanFor(neededHeight)
  const remedy = plan === null ? 'No plan includes it.' : `The plan ${plan.name} includes it.`
  return conflict(
    'plan-resolution',
    'Not in this plan',
    `Every file has a higher resolution than the ${maxHeight}p of this plan. ${remedy}`,
    { maxHeight, neededHeight, plan: plan?.id ?? null },
  )
}

/**
 * @param holders the leases that use up the plan
 * @param boundProfileId the profile of a profile token, which sees only its own streams; null for an account token
 */
export function streamLimitReached (
  watching: WatchingDeps,
  account: StoredAccount,
  holders: readonly StreamLease[],
  boundProfileId: string | null,
): DomainError {
  const listed = holders.filter(({ profile }) => boundProfileId === null || profile.toString() === boundProfileId)
  const { maxStreams } = account.limits
  const devices = maxStreams === 1 ? 'one device' : `${maxStreams} devices`
  return conflict(
    'plan-stream-limit',
    'Too many streams',
    `This plan plays on ${devices} at the same time. Stop a stream, or replace one with takeOver.`,
    {
      maxStreams,
      streams: listed.map((lease) => describeStream(watching, account.profiles, lease)),
      otherStreams: holders.length - listed.length,
    },
  )
}

/**
 * Why a stream has ended.
 * - `ended`: its lease expired, or another device or a log-out ended it
 * - `plan`: the plan was changed, and its new limits exclude the stream
 * - `maturity`: the title exceeds the maturity limit of the profile
 * - `unavailable`: the title is unpublished or outside its availability dates, or the item or its last file is deleted
 */
export type StreamEndReason = 'ended' | 'plan' | 'maturity' | 'unavailable'

const END_TEXTS: Readonly<Record<StreamEndReason, string>> = {
  ended: 'Its lease expired or was ended by another device. The position is saved; start playback again.',
  plan: 'The plan was changed and no longer includes this stream. The position is saved.',
  maturity: 'The title exceeds the maturity limit of the profile. The position is saved.',
  unavailable: 'The title is no longer available. The position is saved.',
}

export const streamEnded = (reason: StreamEndReason): DomainError =>
  conflict('stream-ended', 'The stream has ended', END_TEXTS[reason], { reason })
