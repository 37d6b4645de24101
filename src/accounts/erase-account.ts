// Deleting an account: first it is only closed, and signing in within the period of grace takes that back; then everything
// that belongs to it is erased, the account itself last, so that an erasure that broke off is taken up again.
import mongoose, { type Model } from 'mongoose'
import { Account, findAccount, type StoredAccount } from '../../models/account.js'
import { AccountStreams } from '../../models/account-streams.js'
import { ChangeLog } from '../../models/change-log.js'
import { EmailToken } from '../../models/email-token.js'
import { Play } from '../../models/play.js'
import { IdempotencyRecord } from '../../models/idempotency-record.js'
import { Session } from '../../models/session.js'
import { ProfileTitlePreferences } from '../../models/profile-title-preferences.js'
import { SoftDeleted, Undo } from '../../models/undo.js'
import { WatchArchive } from '../../models/watch-archive.js'
import { WishlistOrder } from '../../models/wishlist-order.js'
import { accountClosedMail, accountReopenedMail } from '../mail/templates.js'
import type { AccountDeps } from './deps.js'
import { ensureAdminRemains } from './last-admin.js'
import { resetPinAttempts } from './pin.js'
import { endAllSessions } from './sessions.js'

const DAY_MS = 86_400_000
/** How many accounts are erased at a time. */
const BATCH = 50

/** Every collection with documents of an account, found by their `account`. */
const OWNED = [
  Play,
  WatchArchive,
  ProfileTitlePreferences,
  WishlistOrder,
  ChangeLog,
  Undo,
  SoftDeleted,
  EmailToken,
  IdempotencyRecord,
  Session,
] as unknown as ReadonlyArray<Model<unknown>>

/** Closes an account: every session and stream ends, and it is erased when the period of grace is over. @throws DomainError 409 `last-admin` */
export async function closeAccount (services: AccountDeps, account: StoredAccount): Promise<void> {
  const eraseAt = new Date(services.now().getTime() + services.config.accountGraceDays * DAY_MS)
  const accountId = account._id.toString()
  await Account.updateOne({ _id: accountId }, { $set: { eraseAt } })
  await ensureAdminRemains(account, async () => {
    await Account.updateOne({ _id: accountId }, { $set: { eraseAt: null } })
  })
  await endAllSessions(services, accountId, null, 'account-closed')
  if (services.config.accountGraceDays === 0) {
    await eraseAccount(services, account)
    return
  }
  services.background.runInBackground('the notice of a closed account', async () => {
    await services.mailer.send(accountClosedMail(account.email, eraseAt))
  })
}

/** Signing in takes a deletion back. @returns false when there was none */
export async function reopenAccount (services: AccountDeps, account: StoredAccount): Promise<boolean> {
  if ((account.eraseAt ?? null) === null) return false
  await Account.updateOne({ _id: account._id }, { $set: { eraseAt: null } })
  services.background.runInBackground('the notice of a reopened account', async () => {
    await services.mailer.send(accountReopenedMail(account.email))
  })
  return true
}

/** Erases the accounts whose period of grace is over. @returns how many */
export async function eraseClosedAccounts (services: AccountDeps): Promise<number> {
  // A lower bound keeps the query inside the index: accounts that are not closed have null.
  const due = await Account.find({ eraseAt: mongoose.trusted({ $gt: new Date(0), $lte: services.now() }) }).select(
    '_id',
  ).limit(BATCH).lean<Array<Pick<StoredAccount, '_id'>>>()
  let erased = 0
  for (const { _id } of due) {
    const account = await findAccount(_id)
    if (account === null) continue
    await eraseAccount(services, account)
    erased++
  }
  return erased
}

/** Erases everything an account owns, then the account. Repeating it, or two at once, ends the same. */
async function eraseAccount (services: AccountDeps, account: StoredAccount): Promise<void> {
  const accountId = account._id.toString()
  await endAllSessions(services, accountId, null, 'account-erased')
  for (const model of OWNED) await model.deleteMany({ account: account._id })
  for (const profile of account.profiles) await resetPinAttempts(profile._id.toString())
  await AccountStreams.deleteOne({ _id: account._id })
  await services.audit.anonymiseAccount(accountId)
  const { deletedCount } = await Account.deleteOne({ _id: account._id })
  if (deletedCount > 0) services.audit.record({ action: 'erase-account', result: 'ok' })
  services.access.invalidateAccount(accountId)
  services.leases.forget(accountId)
}
