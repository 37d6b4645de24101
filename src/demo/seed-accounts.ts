// Seeds the accounts of the demo, one for each plan and an administrator, with some history, ratings and a collection.
import { Collection } from '../../models/collection.js'
import { Account, findAccountByEmail, type StoredAccount } from '../../models/account.js'
import { derivedId } from '../../models/upsert.js'
import { addProfile } from '../accounts/profiles.js'
import { createAccount } from '../accounts/sign-up.js'
import type { AccountDeps } from '../accounts/deps.js'
import type { Catalogue } from '../catalogue/store/catalogue.js'
import type { PlanTable } from '../domain/plans.js'
import { createCollection } from '../editing/collections.js'
import type { ProfileRef, WatchingDeps } from '../watching/deps.js'
import { recordProgress } from '../watching/history/record-progress.js'
import { rateTitle } from '../watching/lists/ratings.js'
import { addToWishlist } from '../watching/lists/wishlist.js'
import { CLIP_DURATION_MS, mediaPlan } from './media-plan.js'
import { demoShows } from './shows.js'

export interface DemoAccount {
  readonly email: string
  /** Public. Production does not create these accounts. */
  readonly password: string
  readonly plan: string
  readonly note: string
}

const PASSWORD = 'normflix-demo'
const ADMIN_EMAIL = 'admin@normflix.test'
const DAY_MS = 86_400_000

/** One account for each plan, the largest first, and the administrator. */
export function listDemoAccounts ({ ids, largest }: PlanTable): DemoAccount[] {
  const others = [...ids].reverse().filter((id) => id !== largest.id)
  return [
    { email: 'demo@normflix.test', password: PASSWORD, plan: largest.id, note: `${largest.id}, with history and kids` },
    ...others.map((id) => ({ email: `${id}@normflix.test`, password: PASSWORD, plan: id, note: id })),
    { email: ADMIN_EMAIL, password: 'normflix-admin', plan: largest.id, note: 'administrator' },
  ]
}

/** Returns true if the administrator exists, whose account is created last. */
export async function isDemoSeeded (): Promise<boolean> {
  return await findAccountByEmail(ADMIN_EMAIL) !== null
}

export interface DemoDeps extends AccountDeps {
  readonly catalogue: Catalogue
  readonly watching: WatchingDeps
}

/** Creates the accounts, and what the first one watched. */
export async function seedAccounts (deps: DemoDeps): Promise<void> {
  await seedCollection(deps)
  const [demo, ...others] = listDemoAccounts(deps.config.plans)
  if (demo === undefined) return
  const account = await ensureAccount(deps, demo)
  const accountId = account._id.toString()
  if (account.profiles.length === 1 && account.limits.maxProfiles > 1) {
    await addProfile(deps, accountId, { name: 'Kids', kids: true })
  }
  await seedHistory(deps, { account: accountId, profile: account.profiles[0]?._id.toString() ?? '' })
  // The administrator last: the seed is complete when the account exists.
  for (const other of others) await ensureAccount(deps, other)
}

async function ensureAccount (deps: DemoDeps, { email, password, plan }: DemoAccount): Promise<StoredAccount> {
  const isAdmin = email === ADMIN_EMAIL
  const existing = await findAccountByEmail(email)
  if (existing !== null) return existing
  const account = await createAccount(deps, {
    email,
    password,
    plan,
    profileName: isAdmin ? 'Admin' : 'Kim',
    ...(isAdmin ? { role: 'admin' } : {}),
    // The examples of the API description name the profile.
    profileId: derivedId(`normflix-demo:profile:${email}`),
  })
  // The addresses cannot receive the email that verifies them.
  await Account.updateOne({ _id: account._id }, { $set: { emailVerifiedAt: deps.now() } })
  return account
}

interface Watched {
  readonly itemId: string
  readonly daysAgo: number
  /** Share of the clip. */
  readonly share: number
}

/** A show that is half watched, finished and started movies, ratings and a wishlist. */
async function seedHistory (deps: DemoDeps, ref: ProfileRef): Promise<void> {
  const movies = mediaPlan.filter((entry) => entry.kind === 'movie').map((entry) => entry.itemId)
  const [started = '', finished = '', other = '', ...wished] = movies
  const episodes = demoShows.find((show) => show.title === 'Firefly')?.seasons[0]?.episodes ?? []
  const half = Math.floor(episodes.length / 2)
  const watched: Watched[] = [
    ...episodes.slice(0, half).map(({ id }, i) => ({ itemId: id, daysAgo: half - i + 1, share: 0.97 })),
    ...episodes.slice(half, half + 1).map(({ id }) => ({ itemId: id, daysAgo: 1, share: 0.4 })),
    { itemId: finished, daysAgo: 3, share: 0.98 },
    { itemId: other, daysAgo: 2, share: 0.97 },
    { itemId: started, daysAgo: 0, share: 0.39 },
  ]
  for (const one of watched) await recordWatched(deps, ref, one)
  const now = deps.now()
  await rateTitle(ref, finished, 'love', now)
  await rateTitle(ref, other, 'up', now)
  for (const id of wished.slice(0, 4)) await addToWishlist(ref, id)
}

async function recordWatched (
  { catalogue, watching, now }: DemoDeps,
  ref: ProfileRef,
  { itemId, daysAgo, share }: Watched,
): Promise<void> {
  const item = catalogue.findItem(itemId)
  const title = item === null ? null : catalogue.findTitle(item.titleId)
  if (item === null || title === null) return
  const positionMs = Math.round(CLIP_DURATION_MS * share)
  const at = now().getTime() - daysAgo * DAY_MS
  const event = { positionMs, at, watchedMs: positionMs, eventId: 'demo', playKey: `demo-${itemId}` }
  await recordProgress(watching, ref, title, item, [event])
}

/** The movies of a series that the demo can play, in the order of their release. */
async function seedCollection ({ catalogue }: DemoDeps): Promise<void> {
  const title = 'Star Wars'
  if (await Collection.exists({ title }) !== null) return
  const movies = [...catalogue.titles()].filter((one) =>
    one.kind === 'movie' && one.title.startsWith('Star Wars: Episode')
  )
    .sort((a, b) => (a.year ?? 0) - (b.year ?? 0))
  await createCollection({ catalogue }, {
    kind: 'series',
    title,
    synopsis: 'The saga of the Skywalker family, in the order of release.',
    posterUrl: movies[0]?.posterUrl ?? null,
    titleIds: movies.map(({ id }) => id),
  })
}
