// View of the preview of a plan change.
import type { PlanPreview as PreviewedChange } from '../accounts/plan-change.js'
import type { PlanPreview } from '../schemas/plans.js'

export function toPlanPreview ({ profiles, limits, lock, unlock, ...preview }: PreviewedChange): PlanPreview {
  const findProfiles = (ids: readonly string[]): PlanPreview['lock'] =>
    profiles.filter((profile) => ids.includes(profile.id)).map(({ id, name }) => ({ id, name }))
  return { ...preview, ...limits, lock: findProfiles(lock), unlock: findProfiles(unlock) }
}
