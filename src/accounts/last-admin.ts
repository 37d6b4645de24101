// The service is never left without an administrator.
import { Account, type StoredAccount } from '../../models/account.js'
import { conflict } from '../errors.js'

/**
 * Takes a change back that leaves nobody to run the service. It is looked at after the write: of two administrators who remove
 * each other at once, at least one then sees that nobody is left.
 * @throws DomainError 409 `last-admin`
 */
export async function ensureAdminRemains (before: StoredAccount, takeBack: () => Promise<void>): Promise<void> {
  if (before.role !== 'admin') return
  const left = await Account.exists({ role: 'admin', disabledAt: null, eraseAt: null })
  if (left !== null) return
  await takeBack()
  throw conflict(
    'last-admin',
    'The last administrator',
    'Somebody has to run the service: make another administrator first.',
  )
}
