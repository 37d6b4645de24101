// Plans and plan changes.
import { Type, type Static } from 'typebox'
import { MAX_PROFILES, type PlanId } from '../domain/plans.js'
import { describe, Id } from './common.js'
import { ProfileName } from './profiles.js'

/** Describes the component `PlanName`, which depends on the configured plans. */
export const describePlanName = (ids: readonly PlanId[]) =>
  Type.Enum([...ids], { $id: 'PlanName', description: 'ID of a plan', examples: ids.slice(-1) })
/** Reference to the component `PlanName`. */
export const PlanName = Type.Unsafe<PlanId>({ $ref: 'PlanName#' })
export const StoredPlanName = Type.String({
  description: 'ID of the plan; may be a plan that is no longer offered',
  examples: ['standard'],
})
export const KeepProfileIds = Type.Array(Id, {
  minItems: 1,
  maxItems: MAX_PROFILES,
  uniqueItems: true,
  description: 'Profiles that stay usable; the others are locked',
})

export const Plan = Type.Object({
  id: PlanName,
  name: Type.String({ description: 'Display name' }),
  maxProfiles: Type.Integer({ description: 'Maximum usable profiles' }),
  maxStreams: Type.Integer({ description: 'Maximum concurrent streams' }),
  maxHeight: Type.Integer({ description: 'Maximum video height, pixels' }),
  price: Type.Object({
    amount: Type.Integer({ description: 'Price per month, in minor units of the currency' }),
    currency: Type.String({ description: 'ISO 4217 code' }),
  }, { title: 'Price', description: 'Price per month' }),
}, { $id: 'Plan', description: 'A plan and its limits' })

const ProfileNameAndId = Type.Object({ id: Id, name: ProfileName }, {
  title: 'NamedProfile',
  description: 'A profile by ID and name',
})

export const PlanPreview = Type.Object({
  from: describe(StoredPlanName, 'ID of the current plan; may be a plan that is no longer offered'),
  to: PlanName,
  maxHeight: Type.Integer({ description: 'Maximum video height after the change, pixels' }),
  maxProfiles: Type.Integer({ description: 'Maximum usable profiles after the change' }),
  maxStreams: Type.Integer({ description: 'Maximum concurrent streams after the change' }),
  lock: Type.Array(ProfileNameAndId, {
    description: 'Profiles that would be locked; if a choice is needed, all profiles after the first',
  }),
  unlock: Type.Array(ProfileNameAndId, { description: 'Locked profiles that would become usable again' }),
  needsChoice: Type.Boolean({ description: 'Whether the change is rejected without keepProfileIds' }),
  endedStreams: Type.Integer({ description: 'Number of live streams that would end, newest first' }),
}, { $id: 'PlanPreview', description: 'Consequences of a plan change' })
export type PlanPreview = Static<typeof PlanPreview>
