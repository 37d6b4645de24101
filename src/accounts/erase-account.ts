// Account deletion. Closing starts a grace period, during which a log-in reopens the account. Afterwards all its data
// is erased, the account document last, so that an interrupted erasure is repeated.
import mongoose, { type Model } from 'mongoose'
import { Account, findAccount, type StoredAccount } from '../../models/account.js'
import { AccountStreams } from '../../models/account-streams.js'
import { ApiToken } from '../../models/api-token.js'
import { ChangeLog } from '../../models/change-log.js'
import { DeviceLogin } from '../../models/device-login.js'
import { EmailToken } from '../../models/email-token.js'
import { IdempotencyRecord } from '../../models/idempotency-record.js'
import { OutboxEmail } from '../../models/outbox-email.js'
import { Play } from '../../models/play.js'
import { ProfileTitlePreferences } from '../../models/profile-title-preferences.js'
import { Session } from '../../models/session.js'
import { SoftDeleted } from '../../models/soft-deleted.js'
import { Undo } from '../../models/undo.js'
import { WatchArchive } from '../../models/watch-archive.js'
import { WebhookDelivery } from '../../models/webhook-delivery.js'
import { WishlistOrder } from '../../models/wishlist-order.js'
import { accountClosedMessage, accountReopenedMessage } from '../mail/templates.js'
import { ensureAdminRemains } from './admin.js'
import { changeConfirmed, hasSameCredentials, rejectedLogin } from './credentials.js'
import type { AccountDeps } from './deps.js'
import { resetPinAttempts } from './pin.js'
import { endAllSessions } from './sessions.js'

const DAY_MS = 86_400_000
const ERASURE_BATCH_SIZE = 50

/** Collections whose documents have an `account`. */
const OWNED_COLLECTIONS = [
  Play,
  WatchArchive,
  ProfileTitlePreferences,
  WishlistOrder,
  ChangeLog,
  Undo,
  SoftDeleted,
  EmailToken,
  DeviceLogin,
  ApiToken,
  OutboxEmail,
  IdempotencyRecord,
  Session,
  WebhookDelivery,
] as unknown as ReadonlyArray<Model<unknown>>

/**
 * Closes an account: its sessions and streams end, its email tokens become invalid, and it is erased after the grace
 * period.
 * @param account as it was when the owner confirmed the password
 * @throws DomainError 409 `last-admin`, and as `changeConfirmed`
 */
export async function closeAccount (deps: AccountDeps, account: StoredAccount): Promise<void> {
  const eraseAt = new Date(deps.now().getTime() + deps.config.accountGraceDays * DAY_MS)
  const accountId = account._id.toString()
  await changeConfirmed(deps, account, { eraseAt }, 'password')
  await ensureAdminRemains(account, async () => {
    await Account.updateOne({ _id: accountId }, { $set: { eraseAt: null } })
  })
  await endAllSessions(deps, accountId, null, 'account-closed')
  if (deps.config.accountGraceDays === 0) {
    await eraseIfDue(deps, account._id)
    return
  }
  deps.background.runInBackground('sending the email about a closed account', async () => {
    await deps.outbox.send(account._id, accountClosedMessage(account.email, eraseAt))
  })
}

/**
 * Reopens a closed account at log-in, before the session exists.
 * @returns false when it was not closed
 * @throws DomainError as `rejectedLogin`
 */
export async function reopenAccount (deps: AccountDeps, account: StoredAccount): Promise<boolean> {
  const { _id, credentialsVersion, eraseAt } = account
  if (eraseAt === null) return false
  const closed = { _id, credentialsVersion, eraseAt, erasureStartedAt: null }
  const { modifiedCount } = await Account.updateOne(closed, { $set: { eraseAt: null } })
  if (modifiedCount === 0) {
    // A concurrent log-in may have reopened it.
    const current = await findAccount(_id)
    if (hasSameCredentials(account, current)) return false
    throw rejectedLogin(account, current)
  }
  deps.background.runInBackground('sending the email about a reopened account', async () => {
    await deps.outbox.send(account._id, accountReopenedMessage(account.email))
  })
  return true
}

/** Erases closed accounts after their grace period, one batch per call. @returns the number of erased accounts */
export async function eraseClosedAccounts (deps: AccountDeps): Promise<number> {
  // Open accounts have null; the lower bound keeps them out of the index range.
  const isDue = { eraseAt: mongoose.trusted({ $gt: new Date(0), $lte: deps.now() }) }
  const dueAccounts = await Account.find(isDue).select('_id')
    .limit(ERASURE_BATCH_SIZE).lean<Array<Pick<StoredAccount, '_id'>>>()
  let erased = 0
  for (const { _id } of dueAccounts) if (await eraseIfDue(deps, _id)) erased++
  return erased
}

/** Erases an account, unless a log-in has reopened it. From its start on, an erasure cannot be stopped. */
async function eraseIfDue (deps: AccountDeps, accountId: StoredAccount['_id']): Promise<boolean> {
  const isDue = { _id: accountId, eraseAt: mongoose.trusted({ $gt: new Date(0), $lte: deps.now() }) }
  const start = { $set: { erasureStartedAt: deps.now() }, $inc: { credentialsVersion: 1 } }
  const { modifiedCount } = await Account.updateOne(isDue, start)
  const account = modifiedCount === 0 ? null : await findAccount(accountId)
  if (account === null) return false
  await eraseAccount(deps, account)
  return true
}

/** Erases the data of an account, then the account. Idempotent, also under concurrency. */
async function eraseAccount (deps: AccountDeps, account: StoredAccount): Promise<void> {
  const accountId = account._id.toString()
  await endAllSessions(deps, accountId, null, 'account-erased')
  for (const model of OWNED_COLLECTIONS) await model.deleteMany({ account: account._id })
  for (const profile of account.profiles) await resetPinAttempts(profile._id.toString())
  await AccountStreams.deleteOne({ _id: account._id })
  await deps.audit.anonymiseAccount(accountId)
  const { deletedCount } = await Account.deleteOne({ _id: account._id })
  if (deletedCount > 0) deps.audit.record({ action: 'erase-account', result: 'ok' })
  deps.access.invalidateAccount(accountId)
  deps.leases.invalidate(accountId)
}
