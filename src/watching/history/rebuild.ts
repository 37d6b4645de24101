// Rebuilding watch histories from plays, title by title, as if every event came again.
import { Account, type StoredAccount } from '../../../models/account.js'
import { Play } from '../../../models/play.js'
import { projectTitle } from './projection.js'
import type { WatchingDeps } from '../watching.js'

/**
 * @param email one account, or null for all
 * @param report is told of each account
 */
export async function rebuildHistory (
  watching: WatchingDeps,
  email: string | null,
  report: (line: string) => void,
): Promise<{ profiles: number, titles: number }> {
  let profiles = 0
  let titles = 0
  const accounts = Account.find(email === null ? {} : { email }).select('email profiles._id').lean<StoredAccount[]>()
    .cursor()
  for await (const account of accounts as AsyncIterable<Pick<StoredAccount, '_id' | 'email' | 'profiles'>>) {
    for (const profile of account.profiles) {
      const watched = await Play.distinct('title', { profile: profile._id })
      for (const title of watched) {
        await projectTitle(
          watching,
          { account: account._id.toString(), profile: profile._id.toString() },
          String(title),
        )
      }
      profiles++
      titles += watched.length
    }
    report(`  account ${account._id.toString()}: ${account.profiles.length} profiles`)
  }
  return { profiles, titles }
}
