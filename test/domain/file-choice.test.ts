import fc from 'fast-check'
import t from 'tap'
import { chooseFile, videoHeight, type FilePreferences, type PlayableFile } from '../../src/domain/file-choice.js'

const file = (id: string, height: number, language: string, fields: Partial<PlayableFile> = {}): PlayableFile => ({
  id,
  width: Math.round(height * 16 / 9),
  height,
  bitrate: height * 1_000,
  videoCodec: 'avc1.640028',
  audioLanguages: [language],
  edition: null,
  ...fields,
})
const sd = file('sd', 480, 'en')
const hd = file('hd', 1080, 'en')
const hdSpanish = file('hd-es', 1080, 'es')
const uhd = file('uhd', 2160, 'en')
const all = [sd, hd, hdSpanish, uhd]
const wishes = (fields: Partial<FilePreferences> = {}): FilePreferences => ({
  planMaxHeight: 2160,
  client: {},
  rememberedLanguage: null,
  profileLanguages: [],
  originalLanguage: 'en',
  lastFileId: null,
  ...fields,
})

function chosen (files: readonly PlayableFile[], some: Partial<FilePreferences> = {}): [string, string] | string {
  const choice = chooseFile(files, wishes(some))
  return typeof choice === 'string' ? choice : [choice.file.id, choice.reason.code]
}

t.test('the plan caps the height, and says so', async (t) => {
  t.strictSame(chosen([sd, uhd], { planMaxHeight: 2160 }), ['uhd', 'best-quality'])
  t.strictSame(chosen([sd, uhd], { planMaxHeight: 720 }), ['sd', 'plan-cap'])
  t.equal(chosen([uhd], { planMaxHeight: 720 }), 'plan')
  const choice = chooseFile(all, wishes({ planMaxHeight: 1080 }))
  t.notOk(
    typeof choice !== 'string' && choice.alternatives.some(({ file }) => file.id === 'uhd'),
    'what is above the cap is not listed',
  )
})

t.test("the client's limits come next, and each alternative says why it was not chosen", async (t) => {
  const choice = chooseFile(all, wishes({ client: { maxHeight: 1080 } }))
  t.match(choice, { file: { id: 'hd' } })
  t.strictSame(
    typeof choice === 'string' ? [] : choice.alternatives.map(({ file, reason }) => [file.id, reason.code]),
    [['sd', 'lower-quality'], ['hd-es', 'other-language'], ['uhd', 'client-height']],
  )
  t.strictSame(chosen([hd, uhd], { client: { maxBitrate: 1_500_000 } }), ['hd', 'client-limit'])
  t.strictSame(
    chosen([sd, file('hevc', 2160, 'en', { videoCodec: 'hvc1.1.6.L150' })], { client: { codecs: ['h264'] } }),
    ['sd', 'client-limit'],
  )
  t.equal(chosen(all, { client: { maxHeight: 100 } }), 'client')
  t.equal(chosen([]), 'no-file')
})

t.test('language goes before sharpness: request, then what was chosen for the title, then last time, then profile, then original', async (t) => {
  t.strictSame(chosen(all, { client: { languages: ['es-MX'] } }), ['hd-es', 'preferred-language'])
  t.strictSame(chosen(all, { profileLanguages: ['es'] }), ['hd-es', 'preferred-language'])
  t.strictSame(chosen(all, { lastFileId: 'hd-es', profileLanguages: ['en'] }), ['hd-es', 'resumed-file'])
  t.strictSame(chosen(all, { client: { languages: ['en'] }, lastFileId: 'hd-es' }), ['uhd', 'preferred-language'])
  t.strictSame(chosen(all, { rememberedLanguage: 'es', profileLanguages: ['en'], lastFileId: 'hd' }), [
    'hd-es',
    'remembered-language',
  ])
  t.strictSame(chosen(all, { rememberedLanguage: 'en', lastFileId: 'hd-es' }), ['uhd', 'remembered-language'])
  t.strictSame(chosen(all, { rememberedLanguage: 'en', client: { languages: ['es'] } }), [
    'hd-es',
    'preferred-language',
  ])
  t.strictSame(
    chosen(all, { rememberedLanguage: 'fr', profileLanguages: ['es'] }),
    ['hd-es', 'preferred-language'],
    'one that no file has is passed over',
  )
})

t.test('resuming stays with the edition, but takes the sharper file of it', async (t) => {
  const cut = file('cut', 720, 'en', { edition: "director's cut" })
  t.strictSame(chosen([cut, uhd], { lastFileId: 'cut' }), ['cut', 'resumed-file'])
  t.equal(chosen([sd, uhd], { lastFileId: 'sd' })[0], 'uhd')
})

t.test('height, bitrate and codec each rule a file out alone, and the limits themselves are within', async (t) => {
  const hevc = file('hevc', 1080, 'en', { videoCodec: 'hvc1.1.6.L150' })
  const vp9 = file('vp9', 1080, 'en', { videoCodec: 'vp09.00.40.08' })
  const av1 = file('av1', 1080, 'en', { videoCodec: 'av01.0.08M.08' })
  const unknown = file('unknown', 1080, 'en', { videoCodec: null, bitrate: null })
  const rows: Array<[string, PlayableFile[], Partial<FilePreferences>, string]> = [
    ['exactly the height', [sd, hd], { client: { maxHeight: 1080 } }, 'hd'],
    ['a line less', [sd, hd], { client: { maxHeight: 1079 } }, 'sd'],
    ['exactly the plan', [sd, hd], { planMaxHeight: 1080 }, 'hd'],
    ['a line less than the plan', [sd, hd], { planMaxHeight: 1079 }, 'sd'],
    ['exactly the bitrate', [sd, hd], { client: { maxBitrate: 1_080_000 } }, 'hd'],
    ['a bit less', [sd, hd], { client: { maxBitrate: 1_079_999 } }, 'sd'],
    ['an unknown bitrate is tried', [unknown], { client: { maxBitrate: 1 } }, 'unknown'],
    ['an unknown codec is tried', [unknown], { client: { codecs: ['avc1'] } }, 'unknown'],
    ['by the name people say', [sd, hevc], { client: { codecs: ['H.265'] } }, 'hevc'],
    ['by the sample entry', [sd, hevc], { client: { codecs: ['hev1'] } }, 'hevc'],
    ['by the full string', [sd, hevc], { client: { codecs: ['hvc1.1.6.L150'] } }, 'hevc'],
    ['vp9', [sd, vp9], { client: { codecs: ['vp9'] } }, 'vp9'],
    ['av1', [sd, av1], { client: { codecs: ['av01'] } }, 'av1'],
    ['several codecs, the sharpest', [sd, hevc, vp9], { client: { codecs: ['avc1', 'vp09'] } }, 'vp9'],
    ['all limits together', [sd, hd, hevc, uhd], {
      client: { maxHeight: 1080, maxBitrate: 2_000_000, codecs: ['avc1'] },
    }, 'hd'],
    ['of one height the richer one', [hd, file('rich', 1080, 'en', { bitrate: 9_000_000 })], {}, 'rich'],
    ['the language that can be played before a sharper one that cannot', [hdSpanish, uhd], {
      client: { languages: ['es'], maxHeight: 1080 },
    }, 'hd-es'],
    ['a wished language only in a file that the plan does not play', [sd, file('uhd-es', 2160, 'es')], {
      planMaxHeight: 1080,
      client: { languages: ['es'] },
    }, 'sd'],
  ]
  for (const [name, files, some, expected] of rows) t.equal(chosen(files, some)[0], expected, name)
  t.equal(chosen([hd], { client: { maxBitrate: 1_000 } }), 'client')
  t.equal(chosen([hevc], { client: { codecs: ['avc1'] } }), 'client')
  t.equal(chosen([hd], { client: { codecs: [] } }), 'client', 'a client that plays nothing')
  const choice = chooseFile(
    [hd, hevc, vp9, uhd],
    wishes({ client: { codecs: ['avc1'], maxBitrate: 2_000_000, maxHeight: 1080 } }),
  )
  t.strictSame(
    typeof choice === 'string' ? [] : choice.alternatives.map(({ file, reason }) => [file.id, reason.code]),
    [['hevc', 'client-codec'], ['vp9', 'client-codec'], ['uhd', 'client-height']],
    'each with what ruled it out',
  )
})

t.test('an alternative of another edition says so', async (t) => {
  const cut = file('cut', 1080, 'en', { edition: "director's cut" })
  const choice = chooseFile([cut, uhd], wishes({ lastFileId: 'cut' }))
  t.match(choice, { file: { id: 'cut' }, alternatives: [{ file: { id: 'uhd' }, reason: { code: 'other-edition' } }] })
})

t.test('a wide film counts by its width', async (t) => {
  t.equal(videoHeight({ width: 1920, height: 800 }), 1080)
  t.equal(videoHeight({ width: null, height: null }), 0)
})

t.test('nothing above the plan is ever chosen or listed, in whatever order the files come', async (t) => {
  const anyFile = fc.record({
    id: fc.uuid(),
    width: fc.constant(null),
    height: fc.integer({ min: 100, max: 4_320 }),
    bitrate: fc.integer({ min: 1, max: 1e8 }),
    videoCodec: fc.constantFrom('avc1.640028', 'hvc1.1.6.L150', null),
    audioLanguages: fc.subarray(['en', 'es', 'de']),
    edition: fc.constantFrom(null, 'cut'),
  })
  fc.assert(
    fc.property(
      fc.uniqueArray(anyFile, { selector: (one) => one.id, maxLength: 8 }),
      fc.constantFrom(720, 1080, 2160),
      (files, planMaxHeight) => {
        const one = chooseFile(files, wishes({ planMaxHeight }))
        const other = chooseFile([...files].reverse(), wishes({ planMaxHeight }))
        if (typeof one === 'string') return one === other
        const listed = [one.file, ...one.alternatives.map(({ file }) => file)]
        return typeof other !== 'string' && one.file.id === other.file.id &&
          listed.every((file) => videoHeight(file) <= planMaxHeight) &&
          listed.length === files.filter((file) => videoHeight(file) <= planMaxHeight).length
      },
    ),
  )
  t.pass('over 100 random sets of files')
})
