import { Types } from 'mongoose'
import t from 'tap'
import type { StoredPlay } from '../../../models/play.js'
import type { WatchEntry } from '../../../models/watch-entry.js'
import { createKnownTitles, type KnownTitle } from '../../../src/watching/history/known-titles.js'

const AT = new Date('2026-11-20T20:15:00.123Z')

function createPlay (itemName: string): StoredPlay {
  const [account, profile, title] = [new Types.ObjectId(), new Types.ObjectId(), new Types.ObjectId()]
  return {
    _id: new Types.ObjectId(),
    account,
    profile,
    title,
    item: title,
    season: null,
    episode: null,
    titleName: 'Nosferatu',
    itemName,
    mediaFile: new Types.ObjectId(),
    kind: 'play',
    startedAt: AT,
    startPositionMs: 0,
    at: AT,
    eventId: 'event-1',
    positionMs: 5_640_000,
    durationMs: 5_676_000,
    furthestMs: 5_640_000.5,
    watchedMs: null,
    reachedEndAt: AT,
    reachedEndWatchedMs: null,
    watched: null,
    isPlayed: true,
    removedAt: null,
  }
}

function createKnownTitle (records: readonly StoredPlay[]): KnownTitle {
  const title = new Types.ObjectId()
  const entry: WatchEntry = {
    title,
    item: title,
    season: null,
    episode: null,
    positionMs: 5_640_000,
    durationMs: 5_676_000,
    watchedMs: 5_640_000,
    finished: true,
    finishedAt: AT,
    lastWatchedAt: AT,
    activityAt: AT,
    isResumable: false,
    ended: { item: title, season: null, episode: null, at: AT },
    pass: 1,
    passSince: null,
    skipped: 0,
    hiddenAt: null,
    droppedAt: null,
    clearedAt: null,
    revision: 3,
  }
  return { entry, historyClearedAt: null, records, last: { stamp: 0.123_456_789, isWaiting: true } }
}

t.test('a known title has the types and values of what was stored', async (t) => {
  const titles = createKnownTitles()
  const known = createKnownTitle([createPlay('Nosferatu'), createPlay('Nosferatu, restored')])
  titles.set('profile', 'title', known)
  const found = titles.find('profile', 'title')
  t.strictSame(found, known)
  t.ok(found?.entry.title instanceof Types.ObjectId)
  t.ok(found?.entry.finishedAt instanceof Date)
  t.equal(titles.find('another profile', 'title'), null)
  titles.remove('profile', 'title')
  t.equal(titles.find('profile', 'title'), null)
})

t.test('a later change of an object does not change what is known', async (t) => {
  const titles = createKnownTitles()
  const known = createKnownTitle([])
  titles.set('profile', 'title', known)
  known.entry.revision = 4
  const found = titles.find('profile', 'title')
  t.equal(found?.entry.revision, 3)
  if (found !== null) found.entry.revision = 5
  t.equal(titles.find('profile', 'title')?.entry.revision, 3)
})

t.test('a title with more than 200 records is read each time', async (t) => {
  const titles = createKnownTitles()
  const records = Array.from({ length: 201 }, (_, n) => createPlay(`Part ${n}`))
  titles.set('profile', 'title', createKnownTitle(records.slice(1)))
  t.equal(titles.find('profile', 'title')?.records.length, 200)
  titles.set('profile', 'title', createKnownTitle(records))
  t.equal(titles.find('profile', 'title'), null, 'nor is its older state known')
})

t.test('known titles take a bounded number of bytes; the oldest are removed', async (t) => {
  const titles = createKnownTitles()
  const known = createKnownTitle([createPlay('x'.repeat(100_000))])
  for (let n = 0; n < 100; n++) titles.set('profile', `title ${n}`, known)
  const remaining = Array.from({ length: 100 }, (_, n) => titles.find('profile', `title ${n}`) !== null)
  t.equal(remaining.lastIndexOf(false), 17, '82 titles of 100 kB are within 8 MiB')
  t.equal(remaining.filter((isKnown) => isKnown).length, 82)
})
