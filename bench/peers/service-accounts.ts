// Fills the database of the service: titles, and accounts with sessions, plays and watch histories.
import { randomBytes } from 'node:crypto'
import { Types } from 'mongoose'
import { Account, newAccount, type StoredProfile } from '../../models/account.js'
import { Play } from '../../models/play.js'
import { Session, type StoredSession } from '../../models/session.js'
import { deriveArchivedEntryId, WatchArchive, type ArchivedEntry } from '../../models/watch-archive.js'
import type { WatchEntry } from '../../models/watch-entry.js'
import { createIndexes } from '../../src/database/indexes.js'
import { applyMigrations } from '../../src/database/migrations.js'
import { DEFAULT_PLANS } from '../../src/domain/plans.js'
import { profileNameKey } from '../../src/domain/profile-names.js'
import { createPasswordHasher } from '../../src/security/password-hashing.js'
import type { Cleanup } from '../cleanup.js'
import { runStep } from '../command.js'
import { connectToDatabase } from '../environment.js'
import { projectPlays, toStoredPlay } from '../generated-history.js'
import { formatNumber } from '../measurements.js'
import type { Database } from '../service.js'
import { BCRYPT_COST, PASSWORD, PASSWORD_PEPPER } from './targets.js'
import { createHouseholds, insertCatalogue, type Household, type TestData, type WatchedTitle } from './test-data.js'

const DAY_MS = 86_400_000
const ACCOUNTS_PER_BATCH = 20

/** Connects to the database of the service and fills it. */
export async function createServiceData (cleanup: Cleanup, database: Database, accounts: number): Promise<TestData> {
  await connectToDatabase(cleanup, database)
  const catalogue = await runStep('Create titles', async () => {
    await applyMigrations()
    await createIndexes()
    return await insertCatalogue()
  })
  const data = { ...catalogue, households: createHouseholds(accounts, catalogue) }
  await runStep(`Create ${formatNumber(accounts)} accounts`, async (progress) => {
    const hasher = createPasswordHasher({ pepper: PASSWORD_PEPPER, cost: BCRYPT_COST })
    const passwordHash = await hasher.hash(PASSWORD)
    await hasher.close()
    await insertAccounts(data, passwordHash, (done, all) => {
      progress(`${formatNumber(done)} of ${formatNumber(all)}`)
    })
  })
  return data
}

type Progress = (done: number, all: number) => void

/** The projected history of one profile, after which those of all others are made. */
interface HistoryTemplate {
  readonly embedded: readonly WatchEntry[]
  readonly archived: readonly ArchivedEntry[]
  readonly archivedUntil: Date | null
  /** Position in the list of watched titles, by title ID. */
  readonly positions: ReadonlyMap<string, number>
}

/** @param passwordHash stored hash of the password of every account */
async function insertAccounts (data: TestData, passwordHash: string, progress: Progress): Promise<void> {
  const { households } = data
  const template = await createTemplate(data, passwordHash)
  for (let start = 0; start < households.length; start += ACCOUNTS_PER_BATCH) {
    const batch = households.slice(start, start + ACCOUNTS_PER_BATCH)
    // The model creates accounts one at a time; the template passed its checks.
    await Account.collection.insertMany(batch.map((household) => createAccount(template, household)) as never)
    await Session.insertMany(batch.map(createSession), { lean: true })
    await Play.insertMany(batch.flatMap((household) => createPlays(data, household)), { lean: true })
    await WatchArchive.insertMany(batch.flatMap((household) => createArchive(template, household)), { lean: true })
    progress(start + batch.length, households.length)
  }
}

interface Template extends HistoryTemplate {
  readonly account: Record<string, unknown>
  readonly profile: Record<string, unknown>
}

/** Saves one account through the model and derives its history as the service does. */
async function createTemplate (data: TestData, passwordHash: string): Promise<Template> {
  const [first] = data.households
  const [profile] = first?.profiles ?? []
  if (first === undefined || profile === undefined) throw new Error('There are no accounts.')
  const ref = { account: new Types.ObjectId().toString(), profile: new Types.ObjectId().toString() }
  const account = newAccount({
    email: 'template@example.com',
    passwordHash,
    plan: DEFAULT_PLANS.largest.id,
    profiles: [{ _id: new Types.ObjectId(ref.profile), name: 'Template' } as StoredProfile],
  }, DEFAULT_PLANS)
  account._id = new Types.ObjectId(ref.account)
  await account.save()
  await Play.insertMany(toPlays(data, ref, profile.watched), { lean: true })
  const titles = profile.watched.map(({ item }) => item.title.toString())
  await projectPlays(ref, [...titles].reverse(), () => undefined)
  const stored = await Account.findById(ref.account).lean()
  const [storedProfile] = stored?.profiles ?? []
  if (stored === null || storedProfile === undefined) throw new Error('The account is missing.')
  const archived = await WatchArchive.find({ profile: ref.profile }).lean<ArchivedEntry[]>()
  const { watchHistory, archivedUntil } = storedProfile
  return {
    account: stored as never,
    profile: storedProfile as never,
    embedded: watchHistory,
    archived,
    archivedUntil,
    positions: new Map(titles.map((title, position) => [title, position])),
  }
}

function toPlays (data: TestData, ref: { account: string, profile: string }, watched: readonly WatchedTitle[]) {
  return watched.map(({ item, isFinished, at }, i) =>
    toStoredPlay(ref, { files: [...data.files] }, i, { item, isFinished }, at)
  )
}

/** The entry of the template for the title at the same position in another history. */
function adaptEntry<T extends WatchEntry> (
  { positions }: HistoryTemplate,
  entry: T,
  watched: readonly WatchedTitle[],
): T {
  const { item } = watched[positions.get(entry.title.toString()) ?? -1] ?? {}
  if (item === undefined) throw new Error('The template has a title that was not watched.')
  return {
    ...entry,
    title: item.title,
    item: entry.item === null ? null : item.item,
    ended: entry.ended === null ? null : { ...entry.ended, item: item.item },
  }
}

function createAccount (template: Template, { id, email, profiles }: Household): object {
  return {
    ...template.account,
    _id: new Types.ObjectId(id),
    email,
    profiles: profiles.map((profile, i) => ({
      ...template.profile,
      _id: new Types.ObjectId(profile.id),
      name: `Profile ${i + 1}`,
      nameKey: profileNameKey(`Profile ${i + 1}`),
      watchHistory: template.embedded.map((entry) => adaptEntry(template, entry, profile.watched)),
      archivedUntil: template.archivedUntil,
    })),
  }
}

function createSession ({ id, session }: Household): StoredSession {
  const now = new Date()
  return {
    _id: new Types.ObjectId(session),
    account: new Types.ObjectId(id),
    seed: randomBytes(32).toString('base64url'),
    kid: 'bench',
    generation: 0,
    transport: 'body',
    rotatedAt: now,
    device: null,
    createdAt: now,
    lastUsedAt: now,
    expiresAt: new Date(now.getTime() + DAY_MS),
    absoluteExpiresAt: new Date(now.getTime() + DAY_MS),
    revokedAt: null,
    revocationReason: null,
  }
}

function createPlays (data: TestData, { id, profiles }: Household) {
  return profiles.flatMap((profile) => toPlays(data, { account: id, profile: profile.id }, profile.watched))
}

function createArchive (template: Template, { id, profiles }: Household): ArchivedEntry[] {
  return profiles.flatMap((profile) =>
    template.archived.map((entry) => {
      const adapted = adaptEntry(template, entry, profile.watched)
      return {
        ...adapted,
        _id: deriveArchivedEntryId(profile.id, adapted.title.toString()),
        account: new Types.ObjectId(id),
        profile: new Types.ObjectId(profile.id),
      }
    })
  )
}
