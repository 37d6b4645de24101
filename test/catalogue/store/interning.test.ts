import { Types } from 'mongoose'
import t from 'tap'
import type { StoredMediaFile } from '../../../models/media.js'
import { toCatalogueFile } from '../../../src/catalogue/store/catalogue-file.js'
import { derivePersonId } from '../../../src/catalogue/store/people-index.js'
import { createInternedValues, internString, internValue, toIdString } from '../../../src/catalogue/store/interning.js'

const NOW = new Date('2026-01-02T03:04:05Z')

function storedFile (): StoredMediaFile {
  return {
    _id: new Types.ObjectId(),
    state: 'ready',
    failure: null,
    storageKey: 'media/a',
    contentType: 'video/mp4',
    audioLanguages: ['en'],
    audioTracks: [{ language: 'en', kind: 'main', name: null, channels: 2, codec: 'mp4a.40.2' }],
    subtitleLanguages: [],
    embeddedSubtitles: [{ codec: 'subrip', language: 'de', name: null, kind: 'full', extraction: 'extracted' }],
    probeVersion: 3,
    width: 1920,
    height: 1080,
    frameRate: 24,
    videoCodec: 'avc1.640028',
    audioCodec: 'mp4a.40.2',
    container: 'mp4',
    bitrate: 5_000_000,
    durationMs: 60_000,
    sizeBytes: 1_000,
    sha256: 'f'.repeat(64),
    edition: null,
    master: null,
    stage: 'active',
    retiredAt: null,
    hls: { state: 'ready', progress: 1, failure: null, claim: null, claimedUntil: NOW, packages: [] },
    createdAt: NOW,
  }
}

t.test('a file of the catalogue has every stored field, and its ID and item', async (t) => {
  const { _id, ...stored } = storedFile()
  const file = toCatalogueFile({ _id, ...stored }, 'item', createInternedValues())
  t.strictSame(file, { ...stored, id: _id.toString(), itemId: 'item' })
})

t.test('equal tracks and languages of files are one instance', async (t) => {
  const interned = createInternedValues()
  const [first, second] = [toCatalogueFile(storedFile(), 'a', interned), toCatalogueFile(storedFile(), 'b', interned)]
  t.equal(first.audioTracks, second.audioTracks)
  t.equal(first.audioLanguages, second.audioLanguages)
  t.equal(first.embeddedSubtitles, second.embeddedSubtitles)
  t.equal(first.subtitleLanguages, second.subtitleLanguages)
  t.not(first.subtitleLanguages, first.audioLanguages)
})

t.test('different values stay apart, and null stays null', async (t) => {
  const interned = createInternedValues()
  t.not(internValue(['en'], interned), internValue(['de'], interned))
  t.strictSame(internValue([], interned), [])
  t.equal(internValue(null, interned), null)
  t.equal(internString(null, interned), null)
  t.equal(internString('en', interned), 'en')
})

t.test('the string of an ID is that of the driver', async (t) => {
  for (const id of [new Types.ObjectId(), new Types.ObjectId('00ff00000000000000000001')]) {
    t.equal(toIdString(id), id.toString())
  }
})

t.test('the ID of a person does not change between versions: links and bookmarks contain it', async (t) => {
  t.equal(derivePersonId({ name: 'Keanu Reeves' }), 'f5bbf7306eb4e3eb7a031d87')
  t.equal(derivePersonId({ name: 'KEANU reeves ' }), 'f5bbf7306eb4e3eb7a031d87')
  t.equal(derivePersonId({ name: 'Keanu Reeves', imdb: 'nm0000206' }), '4deb4dfbf7ad6ac17c130d16')
})
