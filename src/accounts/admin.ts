// Administration of accounts: search, disabling, and the role.
import mongoose, { Types } from 'mongoose'
import { domainToASCII } from 'node:url'
import { Account, findAccount, type StoredAccount } from '../../models/account.js'
import { normaliseEmail } from '../domain/email.js'
import { pageOf, type Page } from '../domain/pages.js'
import type { Role } from '../domain/vocabulary.js'
import { conflict, fail, forbidden, notFound } from '../errors.js'
import { forceCredentialChange, isDisabled } from './credentials.js'
import type { AccountDeps } from './deps.js'
import { endAllSessions } from './sessions.js'

export interface AccountSearch {
  readonly email?: string
  /** Part of the email. */
  readonly q?: string
  readonly plan?: string
  readonly role?: Role
  readonly disabled?: boolean
  /** ID of the last account on the previous page; its email with `q`. */
  readonly after: string | null
  readonly limit: number
}

/**
 * Finds one page of accounts, newest first; with a part of the email, by email. The index of emails is then read in
 * order until the page is full, whatever the number of accounts.
 */
export async function searchAccounts (
  { email, q, plan, role, disabled, after, limit }: AccountSearch,
): Promise<Page<StoredAccount, string>> {
  const filter = {
    ...(email === undefined ? {} : { email: normaliseEmail(email) }),
    ...(plan === undefined ? {} : { plan }),
    ...(role === undefined ? {} : { role }),
    // Old accounts do not have the field; a filter for null matches them too.
    ...(disabled === undefined ? {} : { disabledAt: disabled ? mongoose.trusted({ $gt: new Date(0) }) : null }),
    ...(after === null || q !== undefined ? {} : { _id: mongoose.trusted({ $lt: new Types.ObjectId(after) }) }),
    ...(q === undefined ? {} : { $and: [{ email: mongoose.trusted({ $regex: emailPattern(q), $gt: after ?? '' }) }] }),
  }
  const accounts = await Account.find(filter as never)
    .select('email emailVerifiedAt plan role disabledAt eraseAt profiles._id createdAt')
    .sort(q === undefined ? { _id: -1 } : { email: 1 }).limit(limit + 1).lean<StoredAccount[]>()
  return pageOf(accounts, limit, (account) => q === undefined ? account._id.toString() : account.email)
}

/** Matches stored emails that contain the text; an internationalised domain is stored in ASCII. */
export function emailPattern (text: string): string {
  const part = normaliseEmail(text)
  const at = part.lastIndexOf('@')
  const asciiPart = part.slice(0, at + 1) + (domainToASCII(part.slice(at + 1)) || part.slice(at + 1))
  return [part, asciiPart].map((one) => one.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&')).join('|')
}

/**
 * Disables an account and ends its sessions and streams. Idempotent.
 * @throws DomainError 404, 409 `own-account`, `last-admin`
 */
export async function disableAccount (deps: AccountDeps, actorId: string, accountId: string): Promise<StoredAccount> {
  if (actorId === accountId) {
    throw conflict('own-account', 'Own account', 'You cannot disable your own account. Ask another administrator.')
  }
  const account = await requireAccount(accountId)
  if (!isDisabled(account)) {
    await forceCredentialChange(deps, accountId, { disabledAt: deps.now() })
    await ensureAdminRemains(account, async () => {
      await Account.updateOne({ _id: accountId }, { $set: { disabledAt: null } })
    })
  }
  await endAllSessions(deps, accountId, null, 'account-disabled')
  deps.access.invalidateAccount(accountId)
  return await requireAccount(accountId)
}

/** Enables an account again. @throws DomainError 404 */
export async function enableAccount (deps: AccountDeps, accountId: string): Promise<StoredAccount> {
  const account = await requireAccount(accountId)
  if (!isDisabled(account)) return account
  await Account.updateOne({ _id: accountId }, { $set: { disabledAt: null } })
  deps.access.invalidateAccount(accountId)
  return await requireAccount(accountId)
}

/**
 * Changes the role of an account. Removing any role but member ends the sessions, because access tokens contain it.
 * @throws DomainError 404, 409 `last-admin`
 */
export async function changeRole (deps: AccountDeps, accountId: string, role: Role): Promise<StoredAccount> {
  const account = await requireAccount(accountId)
  if (account.role === role) return account
  await Account.updateOne({ _id: accountId }, { $set: { role } })
  if (account.role !== 'member') {
    await ensureAdminRemains(account, async () => {
      await Account.updateOne({ _id: accountId }, { $set: { role: account.role } })
    })
    await endAllSessions(deps, accountId, null, 'role-changed')
  }
  deps.access.invalidateAccount(accountId)
  return await requireAccount(accountId)
}

/**
 * Reverts a change that leaves no administrator. The check follows the write, so that of two administrators who remove
 * each other at the same time, at least one sees the result of both.
 * @throws DomainError 409 `last-admin`
 */
export async function ensureAdminRemains (before: StoredAccount, revert: () => Promise<void>): Promise<void> {
  if (before.role !== 'admin') return
  const remaining = await Account.exists({ role: 'admin', disabledAt: null, eraseAt: null })
  if (remaining !== null) return
  await revert()
  throw conflict('last-admin', 'Last administrator', 'Give another account the administrator role first.')
}

/**
 * Checks the permission to change an account: support may not change accounts of the staff.
 * @throws DomainError 403 `forbidden`, 404 `not-found`
 */
export async function assertMayChange (actorRole: Role, accountId: string): Promise<void> {
  const { role } = await requireAccount(accountId)
  if (actorRole !== 'admin' && role !== 'member') {
    throw forbidden('Only administrators may change accounts of support, editors and administrators.')
  }
}

async function requireAccount (accountId: string): Promise<StoredAccount> {
  return await findAccount(accountId) ?? fail(notFound('account'))
}
