// Titles that wait for their projection: pages show their newest state, and the account receives it later.
import t, { type Test } from 'tap'
import { Account, type StoredAccount } from '../../../models/account.js'
import {
  findLastChange,
  findUnprojectedTitles,
  MAX_UNPROJECTED_TITLES,
  recordUnprojected,
  removeUnprojected,
} from '../../../models/unprojected-titles.js'
import { ChangeLog, recordChange, type StoredChangeLog } from '../../../models/change-log.js'
import { createKnownTitles } from '../../../src/watching/history/known-titles.js'
import { isTitleProjected } from '../../../src/watching/history/projection.js'
import { recordProgress } from '../../../src/watching/history/record-progress.js'
import { projectWaitingTitles } from '../../../src/watching/history/unprojected.js'
import { containerOf, startApp, type TestApp } from '../../support/app.js'
import { addMovie } from '../../support/catalogue.js'
import { signUp, signUpAdmin, type TestUser } from '../../support/users.js'

const HOUR_MS = 3_600_000

async function startWithMovies (t: Test, count: number): Promise<TestApp & { movies: string[] }> {
  const running = await startApp(t)
  const admin = await signUpAdmin(running.app)
  const movies: string[] = []
  for (let i = 0; i < count; i++) movies.push(await addMovie(running.app, admin, { title: `Movie ${i}` }))
  return { ...running, movies }
}

async function embeddedPosition ({ accountId }: TestUser, titleId: string): Promise<number | undefined> {
  const account = await Account.findById(accountId).lean<StoredAccount>()
  return account?.profiles[0]?.watchHistory.find(({ title }) => title.toString() === titleId)?.positionMs
}

const refOf = ({ accountId, profileId }: TestUser) => ({ account: accountId, profile: profileId })

t.test('reported progress', async (t) => {
  const { app, clock, movies } = await startWithMovies(t, 20)
  const [heat = '', alien = ''] = movies
  const { watching } = containerOf(app)

  async function report (user: TestUser, item: string, positionMs: number, at = clock.now()): Promise<number> {
    const body = { positionMs, watchedMs: positionMs, at: at.toISOString() }
    const { status, body: progress } = await user.put(`/v1/profiles/${user.profileId}/progress/${item}`, body)
    t.equal(status, 200)
    return progress.positionMs
  }

  async function positions (user: TestUser): Promise<Array<[string, number]>> {
    const { body } = await user.get(`/v1/profiles/${user.profileId}/continue-watching?limit=50`)
    return body.items.map(({ title, positionMs }: { title: { id: string }, positionMs: number }) => [
      title.id,
      positionMs,
    ])
  }

  t.test('is in every page at once, and in the account a minute later', async (t) => {
    const kim = await signUp(app)
    await report(kim, heat, 20_000)
    clock.advance(10_000)
    await report(kim, heat, 20_200)
    t.equal(await embeddedPosition(kim, heat), 20_000, 'the account has the first report')
    t.strictSame(await positions(kim), [[heat, 20_200]])
    const { accessToken } = (await kim.post(`/v1/profiles/${kim.profileId}/select`)).body
    const page = await kim.with(accessToken).get(`/v1/movies/${heat}`)
    t.equal(page.body.progress.positionMs, 20_200)
    t.ok(await isTitleProjected(watching, refOf(kim), heat), 'waiting is not an inconsistency')

    await projectWaitingTitles(watching)
    t.equal(await embeddedPosition(kim, heat), 20_000, 'a title is not projected with each report')
    clock.advance(61_000)
    await projectWaitingTitles(watching)
    t.equal(await embeddedPosition(kim, heat), 20_200)
    t.strictSame(await findUnprojectedTitles(kim.profileId), [])
    t.strictSame(await positions(kim), [[heat, 20_200]])
  })

  t.test('decides what happens to a hidden title and to a finished one', async (t) => {
    const kim = await signUp(app)
    for (const positionMs of [20_000, 22_000]) {
      await report(kim, heat, positionMs)
      await report(kim, alien, positionMs)
      clock.advance(10_000)
    }
    await kim.delete(`/v1/profiles/${kim.profileId}/continue-watching/${heat}`)
    t.strictSame(await positions(kim), [[alien, 22_000]])
    await report(kim, heat, 24_000)
    t.strictSame(await positions(kim), [[heat, 24_000], [alien, 22_000]], 'it returns when it is played')
    clock.advance(4 * HOUR_MS)
    await report(kim, alien, 60_000)
    t.strictSame(await positions(kim), [[heat, 24_000]], 'a finished movie leaves the list')
  })

  t.test('has one result in any order through two processes', async (t) => {
    // What another process remembers of its own writes.
    const elsewhere = { ...watching, knownTitles: createKnownTitles() }
    const title = watching.catalogue.findTitle(heat)!
    const kim = await signUp(app)
    const start = clock.now().getTime()
    clock.advance(HOUR_MS)
    const at = (minute: number): Date => new Date(start + minute * 60_000)
    const reportElsewhere = async (positionMs: number, time: Date) => {
      const event = { positionMs, watchedMs: positionMs, at: time.getTime(), eventId: '', playKey: null }
      const state = await recordProgress(elsewhere, refOf(kim), title, watching.catalogue.findItem(heat)!, [event])
      return state?.positionMs
    }
    await report(kim, heat, 20_000, at(1))
    await report(kim, heat, 22_000, at(2))
    t.equal(await reportElsewhere(38_000, at(9)), 38_000)
    t.equal(await report(kim, heat, 24_000, at(3)), 38_000, 'an older report does not move the position back')
    t.equal(await reportElsewhere(26_000, at(4)), 38_000)
    t.equal(await report(kim, heat, 40_000, at(10)), 40_000)
    t.equal(await reportElsewhere(28_000, at(5)), 40_000)
    t.strictSame(await positions(kim), [[heat, 40_000]])
  })

  t.test('ignores events of a cleared history', async (t) => {
    const kim = await signUp(app)
    const early = clock.now()
    await report(kim, heat, 20_000)
    clock.advance(10_000)
    await report(kim, heat, 20_200)
    clock.advance(10_000)
    t.equal((await kim.delete(`/v1/profiles/${kim.profileId}/history`)).status, 200)
    const late = { positionMs: 5_000, watchedMs: 5_000, at: early.toISOString() }
    t.equal((await kim.put(`/v1/profiles/${kim.profileId}/progress/${heat}`, late)).status, 404)
    t.strictSame(await positions(kim), [])
    clock.advance(70_000)
    await projectWaitingTitles(watching)
    t.strictSame(await positions(kim), [])
  })

  t.test('of more titles than may wait is projected at once', async (t) => {
    const kim = await signUp(app)
    for (let round = 1; round <= 3; round++) {
      for (const movie of movies) {
        clock.advance(1_000)
        await report(kim, movie, round * 10_000)
      }
    }
    t.equal((await findUnprojectedTitles(kim.profileId)).length, MAX_UNPROJECTED_TITLES)
    t.equal(await embeddedPosition(kim, movies.at(-1) ?? ''), 30_000, 'the others are in the account')
    t.strictSame(await positions(kim), [...movies].reverse().map((movie) => [movie, 30_000]))
  })

  t.test('remains waiting when it changes during the projection', async (t) => {
    const kim = await signUp(app)
    await report(kim, heat, 20_000)
    await report(kim, heat, 20_200)
    const projected = await findUnprojectedTitles(kim.profileId)
    clock.advance(10_000)
    await report(kim, heat, 20_400)
    await removeUnprojected(kim.profileId, projected, clock.now())
    t.equal((await findUnprojectedTitles(kim.profileId)).length, 1)
    t.strictSame(await positions(kim), [[heat, 20_400]])
  })
})

t.test('a writer notices changes that followed the one it knows', async (t) => {
  const { app, clock } = await startApp(t)
  const kim = await signUp(app)
  const owner = refOf(kim)
  const [title, other] = ['0123456789abcdef01234567', '0123456789abcdef01234568'] as const
  const record = async (last: Parameters<typeof recordUnprojected>[2]) =>
    await recordUnprojected(owner, title, last, clock.now())
  const none = await findLastChange(kim.profileId, title)
  t.ok(none !== null && 'seq' in none, 'a title without changes')
  const first = await record(none!)
  t.not(first, null)
  t.equal(await record(none!), null, 'not the newest change')
  t.match(first, await findLastChange(kim.profileId, title))
  const repeated = await record(first!)
  t.not(repeated, null, 'the newest change is replaced')
  t.equal(await record(first!), null, 'the replaced change is not the newest')
  const log = await ChangeLog.findById(kim.profileId).lean<StoredChangeLog>()
  t.match(log, { seq: 2, entries: [{ seq: 2, kind: 'watching' }] })
  t.match(repeated, { stamp: log!.unprojected![0]!.stamp })
  t.equal(log!.entries.length, 1)
  t.equal(log!.unprojected!.length, 1)
  await recordChange(owner, 'watching', other)
  const second = await record(repeated!)
  t.not(second, null, 'changes of other titles do not matter')
  await recordChange(owner, 'history', null)
  t.equal(await record(second!), null, 'a cleared history does')
  await recordChange(owner, 'watching', title)
  t.equal(await record(second!), null)
  t.not(await record((await findLastChange(kim.profileId, title))!), null)
})
