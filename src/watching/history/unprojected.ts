// Projects titles whose plays are newer than their entry in the account, soon after they were reported.
import {
  findUnprojectedProfiles,
  findUnprojectedTitles,
  removeUnprojected,
} from '../../../models/unprojected-titles.js'
import type { ProfileRef, WatchingDeps } from '../deps.js'
import { writeProjection } from './projection.js'

/** A title that a player reports all the time is projected once in this time. */
const PROJECTION_DELAY_MS = 60_000
const PROFILE_BATCH_SIZE = 100

/** Projects the titles of a profile that wait for it, for callers that read entries in the account. */
export async function projectUnprojected (watching: WatchingDeps, ref: ProfileRef): Promise<void> {
  const titles = await findUnprojectedTitles(ref.profile)
  if (titles.length === 0) return
  for (const { title } of titles) await writeProjection(watching, ref, title.toString())
  await removeUnprojected(ref.profile, titles, watching.now())
}

/** Projects the titles of all profiles that have waited for some time. */
export async function projectWaitingTitles (watching: WatchingDeps): Promise<void> {
  const until = new Date(watching.now().getTime() - PROJECTION_DELAY_MS)
  for (const ref of await findUnprojectedProfiles(until, PROFILE_BATCH_SIZE)) {
    try {
      await projectUnprojected(watching, ref)
    } catch (error) {
      // A failure for one profile does not delay the others.
      watching.warn(error, 'cannot project the titles of a profile; the next run retries')
    }
  }
}
