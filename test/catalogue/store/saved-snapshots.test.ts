// A process that starts from a snapshot has the same catalogue and search index as one that reads all titles.
import type { FastifyInstance } from 'fastify'
import mongoose from 'mongoose'
import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import t, { type Test } from 'tap'
import { CatalogueSnapshot } from '../../../models/catalogue-snapshot.js'
import { Movie } from '../../../models/movie.js'
import { Title } from '../../../models/title.js'
import type { CatalogueItem } from '../../../src/catalogue/store/catalogue.js'
import { SNAPSHOT_VERSION } from '../../../src/catalogue/store/saved-snapshots.js'
import { loadConfig } from '../../../src/config.js'
import { connectDatabase, disconnectDatabase } from '../../../src/database/connection.js'
import { createIndexes } from '../../../src/database/indexes.js'
import { containerOf, createTestDatabase, openApp } from '../../support/app.js'
import { addMovie, addShow } from '../../support/catalogue.js'
import { captureLog } from '../../support/log.js'
import { signUp, signUpAdmin } from '../../support/users.js'

const UNUSABLE = 'the snapshot of the catalogue cannot be used, reading all titles'
const UNUSABLE_INDEX = 'the snapshot of the search index cannot be used, reading all titles'

interface Ids {
  readonly renamed: string
  readonly deleted: string
  readonly unpublished: string
  readonly unchanged: string
  readonly show: string
}

interface Saved {
  readonly ids: Ids
  readonly dataDir: string
  /** Starts a process; it stops at the end of the test, or when it is closed. */
  start(variables?: Record<string, string>): Promise<{ app: FastifyInstance, warnings(): unknown[] }>
}

/** Saves a snapshot of four movies and a show, and stops the process. */
async function saveSnapshot (t: Test): Promise<Saved> {
  const databaseUri = await createTestDatabase(t)
  const dataDir = mkdtempSync(path.join(tmpdir(), 'normflix-test-'))
  await connectDatabase(databaseUri)
  await createIndexes()
  t.teardown(async () => {
    await mongoose.connection.dropDatabase()
    await disconnectDatabase()
    rmSync(dataDir, { recursive: true, force: true })
  })
  const start: Saved['start'] = async (variables = {}) => {
    const log = captureLog()
    const config = loadConfig({
      NODE_ENV: 'test',
      LOG_LEVEL: 'warn',
      RATE_LIMITS: 'off',
      DATA_DIR: dataDir,
      ...variables,
    })
    const app = await openApp(config, databaseUri, { logTo: log.logTo })
    t.teardown(async () => await app.close())
    return { app, warnings: () => log.lines().map(({ msg }) => msg) }
  }
  const { app } = await start()
  const admin = await signUpAdmin(app)
  const cast = [{ name: 'Keanu Reeves', role: 'Neo' }, { name: 'Carrie-Anne Moss', role: 'Trinity' }]
  const ids = {
    renamed: await addMovie(app, admin, { cast, externalIds: { imdb: 'tt0133093' } }, []),
    deleted: await addMovie(app, admin, { title: 'Amélie', cast: [{ name: 'Audrey Tautou', role: 'Amélie' }] }, []),
    unpublished: await addMovie(app, admin, { title: 'Heat', crew: [{ name: 'Michael Mann', role: 'Director' }] }, []),
    unchanged: await addMovie(app, admin, {
      title: 'Das Boot',
      releaseDate: '1981-09-17',
      translations: { en: { title: 'The Boat' } },
      availableUntil: '2099-01-01T00:00:00Z',
    }),
    show: (await addShow(app, admin)).id,
  }
  await admin.get('/v1/search?q=a')
  t.equal(await containerOf(app).snapshotSaver.save(), true)
  await app.close()
  return { ids, dataDir, start }
}

/** What another program changes while no process runs. */
async function changeTitles ({ renamed, deleted, unpublished }: Ids): Promise<void> {
  await Movie.updateOne({ _id: renamed }, { $set: { title: 'Speed', cast: [] } })
  await Movie.deleteOne({ _id: deleted })
  await Movie.updateOne({ _id: unpublished }, { $set: { published: false } })
  await Movie.create({ title: 'Alien', genres: ['Horror'] })
}

const TITLE_FIELDS = [
  'id',
  'kind',
  'title',
  'sortTitle',
  'year',
  'releaseDate',
  'genres',
  'genreKeys',
  'genreSlugs',
  'maturityRating',
  'posterUrl',
  'originalLanguage',
  'translations',
  'popularity',
  'externalIds',
  'published',
  'availableFrom',
  'availableUntil',
  'addedAt',
  'revision',
] as const

const itemFields = (item: CatalogueItem): unknown[] => [
  item.id,
  item.titleId,
  item.season,
  item.episode,
  item.name,
  item.translations,
  item.runtimeMs,
  item.airDate,
  item.orderKey,
  item.markers,
  item.chapters,
]

/** Every field of the titles and people of a catalogue, in the order of their IDs. */
function contentOf (app: FastifyInstance): unknown {
  const { catalogue } = containerOf(app)
  const byId = (a: { readonly id: string }, b: { readonly id: string }): number => a.id < b.id ? -1 : 1
  const titles = [...catalogue.titles()].sort(byId).map((title) => ({
    ...Object.fromEntries(TITLE_FIELDS.map((field) => [field, title[field]])),
    people: [...title.people].sort(),
    creditedPersonIds: [...title.creditedPersonIds].sort(),
    items: title.items.map(itemFields),
    order: title.order.map(itemFields),
    files: title.items.map((item) => catalogue.itemFiles(item.id).length),
  }))
  const people = [...catalogue.people()].sort(byId).map((person) => ({
    ...person,
    titleIds: [...person.titleIds].sort(),
  }))
  return JSON.parse(JSON.stringify({ titles, people })) as unknown
}

async function searchTitles (app: FastifyInstance, query: string): Promise<string[]> {
  const kim = await signUp(app)
  const { status, body } = await kim.get<{ items: Array<{ title: string }> }>(
    `/v1/search?q=${encodeURIComponent(query)}`,
  )
  if (status !== 200) throw new Error(`${status}: ${JSON.stringify(body)}`)
  return body.items.map(({ title }) => title)
}

t.test('a start from a snapshot has what changed, was deleted, unpublished and added since then', async (t) => {
  const { ids, start } = await saveSnapshot(t)
  await changeTitles(ids)
  const { app, warnings } = await start()
  const { catalogue } = containerOf(app)
  t.equal(catalogue.restoration()?.changedTitleIds.length, 4, 'the other title was taken from the snapshot')
  t.equal(catalogue.findTitle(ids.deleted), null)
  const kim = await signUp(app)
  t.equal((await kim.get(`/v1/movies/${ids.deleted}`)).status, 404)
  t.equal((await kim.get(`/v1/movies/${ids.unpublished}`)).status, 404)
  t.equal((await kim.get(`/v1/movies/${ids.renamed}`)).body.title, 'Speed')
  t.strictSame(await searchTitles(app, 'speed'), ['Speed'])
  t.strictSame(await searchTitles(app, 'alien'), ['Alien'])
  t.strictSame(await searchTitles(app, 'boot'), ['The Boat'])
  for (const gone of ['matrix', 'keanu reeves', 'amélie', 'audrey', 'heat']) {
    t.strictSame(await searchTitles(app, gone), [], gone)
  }
  t.strictSame(warnings(), [])
  const restored = contentOf(app)
  await app.close()
  await CatalogueSnapshot.deleteMany({})
  const full = await start()
  t.equal(containerOf(full.app).catalogue.restoration(), null)
  t.strictSame(restored, contentOf(full.app), 'a process that reads all titles has the same')
})

t.test('a process that started from a snapshot follows changes, and saves the next one', async (t) => {
  const { ids, start } = await saveSnapshot(t)
  const [first, second] = [await start(), await start()]
  const admin = await signUpAdmin(first.app)
  await admin.patch(`/v1/admin/movies/${ids.renamed}`, { title: 'Speed' })
  await admin.delete(`/v1/admin/movies/${ids.deleted}`)
  const { catalogue } = containerOf(second.app)
  while (catalogue.findTitle(ids.deleted) !== null) await new Promise((resolve) => setTimeout(resolve, 20))
  t.equal(catalogue.findTitle(ids.renamed)?.title, 'Speed')
  for (const { app } of [first, second]) t.strictSame(await searchTitles(app, 'speed'), ['Speed'])
  t.equal(await containerOf(second.app).snapshotSaver.save(), true)
  const third = await start()
  t.strictSame(containerOf(third.app).catalogue.restoration()?.changedTitleIds, [])
  t.equal(containerOf(third.app).catalogue.findTitle(ids.renamed)?.title, 'Speed')
  t.strictSame(await searchTitles(third.app, 'speed'), ['Speed'])
  t.strictSame(third.warnings(), [])
})

t.test('a snapshot serves processes with another language and other plans', async (t) => {
  const { ids, start, dataDir } = await saveSnapshot(t)
  const plansFile = path.join(dataDir, 'plans.json')
  writeFileSync(
    plansFile,
    JSON.stringify({
      plans: [{
        id: 'premium',
        name: 'Premium',
        maxProfiles: 1,
        maxStreams: 1,
        maxHeight: 480,
        price: { amount: 500, currency: 'EUR' },
      }],
    }),
  )
  const { app, warnings } = await start({ CATALOGUE_LANGUAGE: 'de', PLANS_FILE: plansFile })
  t.not(containerOf(app).catalogue.restoration(), null)
  const kim = await signUp(app)
  t.equal((await kim.get(`/v1/movies/${ids.unchanged}`, { 'accept-language': 'en' })).body.title, 'The Boat')
  t.equal((await kim.get(`/v1/movies/${ids.unchanged}`, { 'accept-language': 'de' })).body.title, 'Das Boot')
  t.strictSame(warnings(), [])
})

t.test('a damaged, incomplete, missing or outdated snapshot is ignored with a line in the log', async (t) => {
  const { ids, start, dataDir } = await saveSnapshot(t)
  const saved = await CatalogueSnapshot.findById(SNAPSHOT_VERSION).lean()
  const fileOf = (part: 'titles' | 'search'): string => path.join(dataDir, 'media', saved?.[part]?.key ?? '')
  const whole = { titles: readFileSync(fileOf('titles')), search: readFileSync(fileOf('search')) }
  await changeTitles(ids)
  async function expectFullLoad (expectedWarning: string): Promise<void> {
    const { app, warnings } = await start()
    t.equal(containerOf(app).catalogue.findTitle(ids.renamed)?.title, 'Speed', expectedWarning)
    t.strictSame(await searchTitles(app, 'speed'), ['Speed'])
    t.strictSame(await searchTitles(app, 'matrix'), [])
    t.strictSame(warnings(), [expectedWarning])
    await app.close()
  }
  for (const [part, warning] of [['titles', UNUSABLE], ['search', UNUSABLE_INDEX]] as const) {
    const damaged = Buffer.from(whole[part])
    damaged[damaged.length >> 1]! ^= 1
    writeFileSync(fileOf(part), damaged)
    await expectFullLoad(warning)
    writeFileSync(fileOf(part), whole[part])
    truncateSync(fileOf(part), whole[part].length - 1)
    await expectFullLoad(warning)
    rmSync(fileOf(part))
    await expectFullLoad(warning)
    writeFileSync(fileOf(part), whole[part])
  }
  await CatalogueSnapshot.updateOne({ _id: SNAPSHOT_VERSION }, { $set: { position: { _data: '82' } } })
  await expectFullLoad(UNUSABLE)
})

t.test('after a collection of titles was dropped, a snapshot is not used', async (t) => {
  const { ids, start } = await saveSnapshot(t)
  await Title.collection.drop()
  const { app, warnings } = await start()
  t.equal(containerOf(app).catalogue.findTitle(ids.unchanged), null)
  t.strictSame(await searchTitles(app, 'boot'), [])
  t.strictSame(warnings(), [UNUSABLE])
})

t.test('another version of the service does not use a snapshot, and removes it after a week', async (t) => {
  const { start } = await saveSnapshot(t)
  const saved = await CatalogueSnapshot.findById(SNAPSHOT_VERSION).lean()
  await CatalogueSnapshot.deleteMany({})
  await CatalogueSnapshot.create({ ...saved, _id: '0.0.1 1 8.0' })
  const { app, warnings } = await start()
  const { catalogue, snapshotSaver, storage } = containerOf(app)
  t.equal(catalogue.restoration(), null)
  t.strictSame(warnings(), [])
  await searchTitles(app, 'boot')
  t.equal(await snapshotSaver.save(), true)
  t.equal(await CatalogueSnapshot.countDocuments(), 2)
  const eightDaysAgo = new Date(Date.now() - 8 * 86_400_000)
  await CatalogueSnapshot.updateOne({ _id: '0.0.1 1 8.0' }, { $set: { savedAt: eightDaysAgo } })
  t.equal(await snapshotSaver.save(), true)
  t.equal(await CatalogueSnapshot.countDocuments(), 1)
  t.equal(await storage.stat(saved?.titles?.key ?? ''), null)
})
