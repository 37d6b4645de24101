// Changing an account through its document, so that its hooks run; what changed meanwhile is seen and tried again.
import mongoose from 'mongoose'
import { loadAccount, type AccountDocument, type StoredAccount } from '../../models/account.js'
import { notFound, unavailable } from '../errors.js'

const MAX_TRIES = 10

/**
 * Loads, changes and saves an account. When somebody else changed its plan or profiles in between, the change is made
 * again on what is there now.
 * @throws DomainError 404, or whatever `change` and the schema's hooks throw
 */
export async function editAccount (
  accountId: string,
  change: (account: AccountDocument) => void,
): Promise<StoredAccount> {
  for (let i = 0; i < MAX_TRIES; i++) {
    const account = await loadAccount(accountId)
    if (account === null) throw notFound('account')
    change(account)
    try {
      await account.save()
      return account.toObject() as StoredAccount
    } catch (error) {
      if (!(error instanceof mongoose.Error.VersionError)) throw error
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 10 * (i + 1)))
    }
  }
  throw unavailable('busy', 'The account is being changed from many places at once. Try again.', 1)
}
