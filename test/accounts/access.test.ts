import { Types } from 'mongoose'
import t from 'tap'
import type { StoredAccount } from '../../models/account.js'
import { createAccountAccess } from '../../src/accounts/access.js'

const LIMITS = { maxProfiles: 3, maxStreams: 2, maxHeight: 1080 }

function storedAccount (...profileIds: string[]): StoredAccount {
  const profiles = profileIds.map((id) => ({
    _id: new Types.ObjectId(id),
    kids: false,
    maxMaturityAge: 18,
    locked: false,
    pinHash: null,
  }))
  return { _id: new Types.ObjectId(ACCOUNT), role: 'member', limits: LIMITS, profiles } as unknown as StoredAccount
}

/** A change watch without changes. */
const CURRENT = { isCurrent: () => true, onChange: () => undefined }

const ACCOUNT = '65f0c0ffee0000000000000a'
const [FIRST, SECOND] = ['65f0c0ffee0000000000000b', '65f0c0ffee0000000000000c'] as const

/** Reads that the test completes by hand, in the order in which they start. */
function createReads (): {
  findAccount: () => Promise<StoredAccount | null>,
  count: () => number,
  next: () => PromiseWithResolvers<StoredAccount | null>,
} {
  const reads: Array<PromiseWithResolvers<StoredAccount | null>> = []
  let completed = 0
  return {
    async findAccount () {
      const read = {} as PromiseWithResolvers<StoredAccount | null>
      read.promise = new Promise((resolve, reject) => Object.assign(read, { resolve, reject }))
      reads.push(read)
      return await read.promise
    },
    count: () => reads.length,
    next: () => reads[completed++]!,
  }
}

interface PromiseWithResolvers<T> {
  promise: Promise<T>
  resolve(value: T): void
  reject(error: Error): void
}

t.test('concurrent requests share one read of an account, and later ones use its result', async (t) => {
  const reads = createReads()
  const access = createAccountAccess({ watch: CURRENT, now: () => new Date(), findAccount: reads.findAccount })
  const both = Promise.all([access.findAccount(ACCOUNT), access.findAccount(ACCOUNT)])
  reads.next().resolve(storedAccount(FIRST))
  const [one, other] = await both
  t.equal(one, other)
  t.equal((await access.findProfile(ACCOUNT, FIRST))?.id, FIRST)
  t.equal(reads.count(), 1)
})

t.test('an account that does not exist is cached', async (t) => {
  const reads = createReads()
  const access = createAccountAccess({ watch: CURRENT, now: () => new Date(), findAccount: reads.findAccount })
  const found = access.findAccount(ACCOUNT)
  reads.next().resolve(null)
  t.equal(await found, null)
  t.equal(await access.findAccount(ACCOUNT), null)
  t.equal(reads.count(), 1)
})

t.test('a failed read rejects its requests and is not cached', async (t) => {
  const reads = createReads()
  const access = createAccountAccess({ watch: CURRENT, now: () => new Date(), findAccount: reads.findAccount })
  const both = Promise.allSettled([access.findAccount(ACCOUNT), access.findAccount(ACCOUNT)])
  reads.next().reject(new Error('no connection'))
  t.match(await both, [{ reason: { message: 'no connection' } }, { reason: { message: 'no connection' } }])
  const again = access.findAccount(ACCOUNT)
  reads.next().resolve(storedAccount(FIRST))
  t.equal((await again)?.id, ACCOUNT)
  t.equal(reads.count(), 2)
})

t.test('a change during a read: its request gets the old account, the next one reads again', async (t) => {
  const reads = createReads()
  const access = createAccountAccess({ watch: CURRENT, now: () => new Date(), findAccount: reads.findAccount })
  const before = access.findAccount(ACCOUNT)
  access.invalidateAccount(ACCOUNT)
  const after = access.findAccount(ACCOUNT)
  t.equal(reads.count(), 2)
  const [oldRead, newRead] = [reads.next(), reads.next()]
  newRead.resolve(storedAccount(FIRST, SECOND))
  t.equal((await after)?.profiles.length, 2)
  oldRead.resolve(storedAccount(FIRST))
  t.equal((await before)?.profiles.length, 1)
  t.equal((await access.findAccount(ACCOUNT))?.profiles.length, 2, 'the old account is not cached')
  t.equal(reads.count(), 2)
})

t.test('a profile that is not cached causes one more read', async (t) => {
  const reads = createReads()
  const access = createAccountAccess({ watch: CURRENT, now: () => new Date(), findAccount: reads.findAccount })
  const found = access.findProfile(ACCOUNT, SECOND)
  reads.next().resolve(storedAccount(FIRST))
  while (reads.count() < 2) await new Promise(setImmediate)
  reads.next().resolve(storedAccount(FIRST, SECOND))
  t.equal((await found)?.id, SECOND)
  t.equal((await access.findProfile(ACCOUNT, FIRST))?.id, FIRST)
  t.equal(reads.count(), 2)
})
