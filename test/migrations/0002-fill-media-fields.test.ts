import mongoose from 'mongoose'
import t from 'tap'
import { migration } from '../../migrations/0002-fill-media-fields.js'
import { migration as laterMigration } from '../../migrations/0011-fill-probe-fields.js'
import { Media } from '../../models/media.js'
import { expectModelForm, openDatabase, runTwice } from './migration-helper.js'

const id = () => new mongoose.mongo.ObjectId()
const at = new Date('2026-03-01T20:00:00Z')

const oldFile = () => ({
  _id: id(),
  storageKey: 'a/b',
  contentType: 'video/mp4',
  audioLanguages: ['en'],
  subtitleLanguages: [],
  width: 854,
  height: 480,
  videoCodec: 'avc1.42E01E',
  audioCodec: 'mp4a.40.2',
  container: 'mp4',
  bitrate: 500_000,
  durationMs: 60_000,
  sizeBytes: 1_000,
  sha256: 'x',
  createdAt: at,
})

t.test('media documents get the fields that they lack, and files wait for packaging', async (t) => {
  const db = await openDatabase(t)
  const packaged = {
    state: 'ready',
    progress: 1,
    failure: null,
    claim: null,
    claimedUntil: new Date(0),
    packages: [{ _id: id(), prefix: 'p', audioCount: 1, createdAt: at, retiredAt: null }],
  }
  const failure = { code: 'damaged', text: 'x' }
  const track = { language: 'en', kind: 'main', name: null, channels: 2, codec: null }
  const files = [
    oldFile(),
    { ...oldFile(), hls: null },
    { ...oldFile(), hls: packaged, state: 'failed', failure, audioTracks: [track] },
  ]
  const item = { _id: id(), title: id(), season: null, episode: null }
  await db.collection('media').insertMany([{ ...item, files }, { ...item, _id: id(), files: [], subtitles: [] }])
  await runTwice(t, db, migration)
  await laterMigration.up(db)

  await expectModelForm(t, Media)
  const media = await Media.findById(item._id).lean()
  const waiting = {
    state: 'processing',
    progress: 0,
    failure: null,
    claim: null,
    claimedUntil: new Date(0),
    packages: [],
  }
  t.match(media, {
    subtitles: [],
    thumbnails: null,
    files: [
      { height: 480, state: 'ready', failure: null, audioTracks: [], edition: null, frameRate: null, hls: waiting },
      { hls: waiting },
      { state: 'failed', failure, audioTracks: [track], hls: packaged },
    ],
  })
})
