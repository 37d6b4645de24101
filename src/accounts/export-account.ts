// Exports all data of an account as one JSON document, streamed while it is read, without secrets.
import { Readable } from 'node:stream'
import type { Model } from 'mongoose'
import { Account, type StoredAccount } from '../../models/account.js'
import { findStreamLeases } from '../../models/account-streams.js'
import { ApiToken } from '../../models/api-token.js'
import { Play } from '../../models/play.js'
import { ProfileTitlePreferences } from '../../models/profile-title-preferences.js'
import { Session } from '../../models/session.js'
import { Undo } from '../../models/undo.js'
import { WatchArchive } from '../../models/watch-archive.js'
import { WishlistOrder } from '../../models/wishlist-order.js'
import { notFound } from '../errors.js'
import type { AccountDeps } from './deps.js'

/** Secrets and internal counters, which have no meaning outside of the service. */
const OMITTED_FIELDS = new Set([
  'passwordHash',
  'secretHash',
  'credentialsVersion',
  'pinHash',
  'pinVersion',
  'seed',
  'kid',
  '__v',
  'revision',
])

/** Collections by their field in the export. */
const COLLECTIONS: ReadonlyArray<readonly [field: string, model: Model<never>]> = [
  ['plays', Play],
  ['olderWatchHistory', WatchArchive],
  ['tastes', ProfileTitlePreferences],
  ['wishlistOrders', WishlistOrder],
  ['sessions', Session],
  ['apiTokens', ApiToken],
  ['undoableActions', Undo],
] as never

/** @throws DomainError 404 before the first byte */
export async function exportAccount (deps: Pick<AccountDeps, 'now'>, accountId: string): Promise<Readable> {
  const account = await Account.findById(accountId).lean<StoredAccount>()
  if (account === null) throw notFound('account')
  const streams = await findStreamLeases(accountId)
  async function* generateJson (): AsyncGenerator<string> {
    const head = toJson({ format: 'normflix-account', version: 1, exportedAt: deps.now(), account, streams })
    yield head.slice(0, -1)
    for (const [field, model] of COLLECTIONS) yield* generateField(field, model, accountId)
    yield '}\n'
  }
  return Readable.from(generateJson(), { objectMode: false })
}

async function* generateField (field: string, model: Model<never>, accountId: string): AsyncGenerator<string> {
  yield `,\n"${field}":[`
  let separator = '\n'
  for await (const document of model.find({ account: accountId }).lean().cursor()) {
    yield separator + toJson(document)
    separator = ',\n'
  }
  yield ']'
}

function toJson (value: unknown): string {
  return JSON.stringify(
    value,
    (field: string, fieldValue: unknown) => OMITTED_FIELDS.has(field) ? undefined : fieldValue,
  )
}
