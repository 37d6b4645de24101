// Watch histories against the plays, which they are a projection of.
import { Types } from 'mongoose'
import { Account, type StoredAccount } from '../../models/account.js'
import { Play } from '../../models/play.js'
import { WatchArchive } from '../../models/watch-archive.js'
import { isTitleProjected, projectTitle } from '../watching/history/projection.js'
import type { Check } from './findings.js'

type Watched = Pick<StoredAccount, '_id' | 'profiles'>

export const watchHistories: Check = {
  name: 'history',
  async *find ({ watching }, look) {
    const accounts = Account.find().select('profiles._id profiles.watchHistory.title').lean<Watched[]>().cursor()
    for await (const { _id, profiles } of accounts as AsyncIterable<Watched>) {
      for (const profile of profiles) {
        const watcher = { account: _id.toString(), profile: profile._id.toString() }
        for (const title of await titlesOf(profile._id, profile.watchHistory)) {
          look()
          // Somebody may be watching: only what stays different is wrong.
          if (await isTitleProjected(watching, watcher, title) || await isTitleProjected(watching, watcher, title)) {
            continue
          }
          yield {
            subject: `profile ${watcher.profile}`,
            problem: `the history of title ${title} is not what its plays say`,
            mend: async () => {
              await projectTitle(watching, watcher, title)
            },
          }
        }
      }
    }
  },
}

/** Every title of a profile that has plays or an entry. */
async function titlesOf (
  profile: Types.ObjectId,
  embedded: ReadonlyArray<{ title: Types.ObjectId }>,
): Promise<Set<string>> {
  const [played, archived] = await Promise.all([
    Play.distinct('title', { profile }),
    WatchArchive.distinct('title', { profile }),
  ])
  return new Set([...played, ...archived, ...embedded.map(({ title }) => title)].map(String))
}
