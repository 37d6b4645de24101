// Statistics of accounts for the staff: accounts and sign-ups by plan, and the streams that are playing now.
import mongoose, { Types } from 'mongoose'
import { Account, type StoredAccount } from '../../models/account.js'
import { AccountStreams, isLeaseLive, type StoredStreams } from '../../models/account-streams.js'
import { pageOf, type Page } from '../domain/pages.js'
import type { Period } from './watching-statistics.js'

const BATCH_SIZE = 500

export interface AccountsOfPlan {
  readonly plan: string
  /** Open accounts now. */
  readonly accounts: number
  /** Accounts that signed up in the period. */
  readonly signUps: number
}

/** Counts open accounts by plan, and those that signed up in a period. */
export async function countAccountsByPlan ({ from, until }: Period): Promise<AccountsOfPlan[]> {
  const isInPeriod = {
    $and: [{ $gte: ['$createdAt', new Date(from)] }, { $lt: ['$createdAt', new Date(until)] }],
  }
  const plans = await Account.aggregate<Omit<AccountsOfPlan, 'plan'> & { _id: string }>([
    { $match: { eraseAt: null } },
    { $group: { _id: '$plan', accounts: { $sum: 1 }, signUps: { $sum: { $cond: [isInPeriod, 1, 0] } } } },
    { $sort: { _id: 1 } },
  ])
  return plans.map(({ _id, ...counts }) => ({ plan: _id, ...counts }))
}

export interface SignUpsOfDay {
  /** RFC 3339 full-date, UTC. */
  readonly date: string
  /** Plan of the account now. */
  readonly plan: string
  readonly signUps: number
}

/** Counts the sign-ups of a period by day and plan. Days and plans without sign-ups are left out. */
export async function countSignUpsByDay ({ from, until }: Period): Promise<SignUpsOfDay[]> {
  // The ID starts with the time of the sign-up, so that the index of IDs limits the accounts.
  const idAt = (ms: number): Types.ObjectId => Types.ObjectId.createFromTime(Math.max(0, Math.floor(ms / 1_000)))
  const counts = await Account.aggregate<{ _id: { date: string, plan: string }, signUps: number }>([
    { $match: { _id: { $gte: idAt(from), $lt: idAt(until) } } },
    {
      $group: {
        _id: { date: { $dateToString: { date: '$createdAt', format: '%Y-%m-%d' } }, plan: '$plan' },
        signUps: { $sum: 1 },
      },
    },
    { $sort: { '_id.date': 1, '_id.plan': 1 } },
  ])
  return counts.map(({ _id, signUps }) => ({ ..._id, signUps }))
}

export interface StreamingAccount {
  readonly streams: StoredStreams
  /** Null for an account that was erased in the meantime. */
  readonly account: Pick<StoredAccount, 'email' | 'plan' | 'profiles'> | null
}

/**
 * Lists accounts with live streams by ID.
 * @param after ID of the last account on the previous page; null for the first page
 */
export async function listStreamingAccounts (
  after: string | null,
  limit: number,
  now: Date,
): Promise<Page<StreamingAccount, string>> {
  const live: StoredStreams[] = []
  let lastId = after
  for (let isLast = false; !isLast && live.length <= limit;) {
    const batch = await readBatch(lastId)
    live.push(...batch.map((streams) => withLiveLeases(streams, now)).filter(({ leases }) => leases.length > 0))
    lastId = batch.at(-1)?._id.toString() ?? null
    isLast = batch.length < BATCH_SIZE
  }
  const { rows, next } = pageOf(live, limit, ({ _id }) => _id.toString())
  const accounts = await Account.find({ _id: mongoose.trusted({ $in: rows.map(({ _id }) => _id) }) })
    .select('email plan profiles._id profiles.name').lean<StoredAccount[]>()
  const byId = new Map(accounts.map((account) => [account._id.toString(), account]))
  return {
    rows: rows.map((streams) => ({ streams, account: byId.get(streams._id.toString()) ?? null })),
    next,
  }
}

/** Accounts have leases until these are flushed and removed. */
async function readBatch (after: string | null): Promise<StoredStreams[]> {
  const hasLeases = { removalDueAt: mongoose.trusted({ $gt: new Date(0) }) }
  const filter = after === null
    ? hasLeases
    : { ...hasLeases, _id: mongoose.trusted({ $gt: new Types.ObjectId(after) }) }
  return await AccountStreams.find(filter).sort({ _id: 1 }).limit(BATCH_SIZE).lean<StoredStreams[]>()
}

function withLiveLeases (streams: StoredStreams, now: Date): StoredStreams {
  const leases = streams.leases.filter((lease) => isLeaseLive(lease, now) && lease.retainedUntil === null)
  return { ...streams, leases }
}
