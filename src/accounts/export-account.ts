// Everything that an account owns, as one JSON document that is written while it is read. Secrets are not in it: they are
// worth nothing to their owner as they are stored.
import { Readable } from 'node:stream'
import type { Model } from 'mongoose'
import { Account, type StoredAccount } from '../../models/account.js'
import { findStreamLeases } from '../../models/account-streams.js'
import { Play } from '../../models/play.js'
import { Session } from '../../models/session.js'
import { ProfileTitlePreferences } from '../../models/profile-title-preferences.js'
import { Undo } from '../../models/undo.js'
import { WatchArchive } from '../../models/watch-archive.js'
import { WishlistOrder } from '../../models/wishlist-order.js'
import { notFound } from '../errors.js'
import type { AccountDeps } from './deps.js'

/** What proves something to us and tells its owner nothing. */
const SECRETS = new Set(['passwordHash', 'pinHash', 'seed', 'kid', '__v', 'revision'])

/** The collections of an account beside itself, by the member they are exported as. */
const PARTS: ReadonlyArray<readonly [member: string, model: Model<never>]> = [
  ['plays', Play],
  ['olderWatchHistory', WatchArchive],
  ['tastes', ProfileTitlePreferences],
  ['wishlistOrders', WishlistOrder],
  ['sessions', Session],
  ['undoableActions', Undo],
] as never

/** @throws DomainError 404 before anything is written */
export async function exportAccount (services: Pick<AccountDeps, 'now'>, accountId: string): Promise<Readable> {
  const account = await Account.findById(accountId).lean<StoredAccount>()
  if (account === null) throw notFound('account')
  const streams = await findStreamLeases(accountId)
  async function* write (): AsyncGenerator<string> {
    const head = textOf({ format: 'normflix-account', version: 1, exportedAt: services.now(), account, streams })
    yield head.slice(0, -1)
    for (const [member, model] of PARTS) yield* writePart(member, model, accountId)
    yield '}\n'
  }
  return Readable.from(write(), { objectMode: false })
}

async function* writePart (member: string, model: Model<never>, accountId: string): AsyncGenerator<string> {
  yield `,\n"${member}":[`
  let separator = '\n'
  for await (const document of model.find({ account: accountId }).lean().cursor()) {
    yield separator + textOf(document)
    separator = ',\n'
  }
  yield ']'
}

function textOf (value: unknown): string {
  return JSON.stringify(value, (name: string, member: unknown) => SECRETS.has(name) ? undefined : member)
}
