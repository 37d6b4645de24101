// Rebuilds the watch history entries of profiles from their plays.
import { Account, type StoredAccount } from '../../../models/account.js'
import { Play } from '../../../models/play.js'
import type { WatchingDeps } from '../deps.js'
import { projectTitle } from './projection.js'

/**
 * Projects every title that has plays.
 * @param email the account to rebuild; null for all accounts
 * @param report receives one line per account
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
    const accountId = account._id.toString()
    for (const profile of account.profiles) {
      const ref = { account: accountId, profile: profile._id.toString() }
      const watchedTitles = await Play.distinct('title', { profile: profile._id })
      for (const title of watchedTitles) await projectTitle(watching, ref, String(title))
      profiles++
      titles += watchedTitles.length
    }
    report(`  account ${accountId}: ${account.profiles.length} profiles`)
  }
  return { profiles, titles }
}
