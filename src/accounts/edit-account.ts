// Changes an account through its document, so that the schema hooks run, and retries after concurrent changes.
import mongoose from 'mongoose'
import { setTimeout as sleep } from 'node:timers/promises'
import { loadAccount, type AccountDocument, type StoredAccount } from '../../models/account.js'
import { notFound, unavailable } from '../errors.js'
import { WriteConflictError } from '../webhooks/outbox.js'

const MAX_ATTEMPTS = 10
/** Upper limit of the random wait after the first conflict; grows by this with each attempt. */
const RETRY_WAIT_MS = 10

/**
 * Loads, changes and saves an account. After a concurrent change of its plan or profiles, `change` runs again on the
 * new document.
 * @param save saves the document
 * @throws DomainError 404, 503 `busy`, and the errors of `change` and of the schema hooks
 */
export async function editAccount (
  accountId: string,
  change: (account: AccountDocument) => void,
  save: (account: AccountDocument) => Promise<unknown> = async (account) => await account.save(),
): Promise<StoredAccount> {
  for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
    const account = await loadAccount(accountId)
    if (account === null) throw notFound('account')
    change(account)
    try {
      await save(account)
      return account.toObject() as StoredAccount
    } catch (error) {
      if (!(error instanceof mongoose.Error.VersionError || error instanceof WriteConflictError)) throw error
      await sleep(Math.random() * RETRY_WAIT_MS * attempt)
    }
  }
  throw unavailable('busy', 'Too many requests change this account at the same time. Retry in a moment.', 1)
}
