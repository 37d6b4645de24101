import mongoose from 'mongoose'
import t from 'tap'
import { migration } from '../../migrations/0012-fill-extraction-fields.js'
import { openDatabase, runTwice } from './migration-helper.js'

t.test('subtitles and subtitle tracks get the fields of extraction, and keep what they have', async (t) => {
  const db = await openDatabase(t)
  const media = db.collection('media')
  const [old, file, uploaded, extracted] = Array.from({ length: 4 }, () => new mongoose.mongo.ObjectId())
  const current = { codec: 'ass', kind: 'forced', extraction: 'extracted' }
  await media.insertOne({
    files: [{ _id: old, embeddedSubtitles: [{ codec: 'subrip', language: 'en', name: null }, current] }],
    subtitles: [{ _id: uploaded, language: 'en' }, { _id: extracted, mediaFile: file, name: 'Signs' }],
  })
  await media.insertOne({ files: [], subtitles: [] })
  await runTwice(t, db, migration)
  const [first, second] = await media.find().toArray()
  t.strictSame(first?.['files'], [{
    _id: old,
    embeddedSubtitles: [
      { kind: 'full', extraction: 'failed', codec: 'subrip', language: 'en', name: null },
      { ...current },
    ],
  }])
  t.match(first?.['subtitles'], [{ _id: uploaded, language: 'en', mediaFile: null, name: null }, {
    _id: extracted,
    mediaFile: file,
    name: 'Signs',
  }])
  t.match(second, { files: [], subtitles: [] })
})
