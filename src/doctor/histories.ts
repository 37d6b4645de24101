// Watch histories that differ from the plays, which they are a projection of.
import { Types } from 'mongoose'
import { Account, type StoredAccount } from '../../models/account.js'
import { Play } from '../../models/play.js'
import { WatchArchive } from '../../models/watch-archive.js'
import { isTitleProjected, projectTitle } from '../watching/history/projection.js'
import type { Check } from './findings.js'

type AccountHistories = Pick<StoredAccount, '_id' | 'profiles'>

const FIELDS = 'profiles._id profiles.watchHistory.title'

export const watchHistories: Check = {
  name: 'watch-history',
  objects: 'watched titles of profiles',
  async *find ({ watching }, countChecked) {
    const accounts = Account.find().select(FIELDS).lean<AccountHistories[]>().cursor()
    for await (const { _id, profiles } of accounts as AsyncIterable<AccountHistories>) {
      for (const profile of profiles) {
        const ref = { account: _id.toString(), profile: profile._id.toString() }
        for (const title of await findWatchedTitles(profile._id, profile.watchHistory)) {
          countChecked()
          // A play may be in progress: only a difference that persists is an inconsistency.
          if (await isTitleProjected(watching, ref, title) || await isTitleProjected(watching, ref, title)) continue
          yield {
            subject: `profile ${ref.profile}`,
            problem: `the history of title ${title} differs from its plays`,
            fix: async () => {
              await projectTitle(watching, ref, title)
            },
          }
        }
      }
    }
  },
}

/** IDs of the titles for which a profile has plays, an embedded or an archived entry. */
async function findWatchedTitles (
  profile: Types.ObjectId,
  embedded: ReadonlyArray<{ title: Types.ObjectId }>,
): Promise<Set<string>> {
  const [played, archived] = await Promise.all([
    Play.distinct('title', { profile }),
    WatchArchive.distinct('title', { profile }),
  ])
  return new Set([...played, ...archived, ...embedded.map(({ title }) => title)].map(String))
}
