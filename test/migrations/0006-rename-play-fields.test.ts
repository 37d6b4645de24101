import mongoose from 'mongoose'
import t from 'tap'
import { migration } from '../../migrations/0006-rename-play-fields.js'
import { Play } from '../../models/play.js'
import { expectModelForm, openDatabase, runTwice } from './migration-helper.js'

const id = () => new mongoose.mongo.ObjectId()
const at = new Date('2026-03-01T20:00:00Z')
const end = new Date('2026-03-01T22:00:00Z')

const oldPlay = (kind: 'play' | 'mark' | 'pass', endAt: Date | null, endWatchedMs: number | null = null) => ({
  _id: id(),
  account: id(),
  profile: id(),
  title: id(),
  item: id(),
  season: null,
  episode: null,
  titleName: 'Alien',
  itemName: null,
  mediaFile: null,
  kind,
  startedAt: at,
  startPositionMs: 0,
  at,
  eventId: '',
  positionMs: 0,
  durationMs: null,
  furthestMs: 0,
  watchedMs: null,
  endAt,
  endWatchedMs,
  watched: kind === 'mark' ? true : null,
  isPlayed: kind === 'play',
  removedAt: null,
})

const OLD = [
  oldPlay('play', end, 5_000),
  oldPlay('play', null),
  oldPlay('mark', end),
  oldPlay('pass', null),
  oldPlay('pass', end),
]
const NEW = [
  { reachedEndAt: end, reachedEndWatchedMs: 5_000 },
  { reachedEndAt: null, reachedEndWatchedMs: null },
  { reachedEndAt: end },
  { reachedEndAt: null, cancelledAt: null },
  { reachedEndAt: null, cancelledAt: end },
]

t.test('plays and marks keep when they reached the end, rewatches when they were cancelled', async (t) => {
  const db = await openDatabase(t)
  await db.collection('plays').insertMany(OLD)
  await runTwice(t, db, migration)
  await expectModelForm(t, Play)
  const plays = await Promise.all(OLD.map(async ({ _id }) => await db.collection('plays').findOne({ _id })))
  t.match(plays, NEW)
  t.notOk('cancelledAt' in (plays[0] ?? {}))
})

t.test('copies in undos and soft-deleted documents change in the same way', async (t) => {
  const db = await openDatabase(t)
  await db.collection('softdeleted').insertMany([
    ...OLD.map((document) => ({ from: 'plays', document })),
    { from: 'watcharchive', document: { _id: id(), positionMs: 1 } },
  ])
  const rows = [...OLD.map((before) => ({ id: before._id, before })), { id: id(), before: null }]
  await db.collection('undos').insertMany([
    { change: { kind: 'rows', rows } },
    { change: { kind: 'rows', rows: [{ id: id(), before: null }] } },
    { change: { kind: 'entry', before: { hiddenAt: null, droppedAt: null } } },
  ])
  await runTwice(t, db, migration)
  const deleted = (await db.collection('softdeleted').find().toArray()).map(({ document }) => document)
  t.match(deleted, [...NEW, { positionMs: 1 }])
  t.notOk('reachedEndAt' in deleted[5])
  const [change] = (await db.collection('undos').find().toArray()).map((undo) => undo['change'])
  t.match(change.rows, [...NEW.map((before, i) => ({ id: OLD[i]?._id, before })), { before: null }])
  for (const play of [...deleted, ...change.rows.map(({ before }: { before: object | null }) => before ?? {})]) {
    t.notOk('endAt' in play || 'endWatchedMs' in play)
  }
})
