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
  hls: { packages: [] },
  ...fields,
})
const sd = file('sd', 480, 'en')
const hd = file('hd', 1080, 'en')
const hdSpanish = file('hd-es', 1080, 'es')
const uhd = file('uhd', 2160, 'en')
const all = [sd, hd, hdSpanish, uhd]
const preferencesOf = (fields: Partial<FilePreferences> = {}): FilePreferences => ({
  planMaxHeight: 2160,
  client: {},
  storedLanguage: null,
  profileLanguages: [],
  originalLanguage: 'en',
  lastFileId: null,
  ...fields,
})

function chosen (files: readonly PlayableFile[], some: Partial<FilePreferences> = {}): [string, string] | string {
  const choice = chooseFile(files, preferencesOf(some))
  return typeof choice === 'string' ? choice : [choice.file.id, choice.reason.code]
}

t.test('the plan limits the resolution', async (t) => {
  t.strictSame(chosen([sd, uhd], { planMaxHeight: 2160 }), ['uhd', 'best-quality'])
  t.strictSame(chosen([sd, uhd], { planMaxHeight: 720 }), ['sd', 'plan-cap'])
  t.equal(chosen([uhd], { planMaxHeight: 720 }), 'plan')
  const choice = chooseFile(all, preferencesOf({ planMaxHeight: 1080 }))
  t.notOk(
    typeof choice !== 'string' && choice.alternatives.some(({ file }) => file.id === 'uhd'),
    'files above the limit are not listed',
  )
})

t.test('the limits of the client come next, and each alternative has a reason', async (t) => {
  const choice = chooseFile(all, preferencesOf({ client: { maxHeight: 1080 } }))
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

t.test('language precedes resolution: request, stored choice, last play, profile, original language', async (t) => {
  t.strictSame(chosen(all, { client: { languages: ['es-MX'] } }), ['hd-es', 'preferred-language'])
  t.strictSame(chosen(all, { profileLanguages: ['es'] }), ['hd-es', 'preferred-language'])
  t.strictSame(chosen(all, { lastFileId: 'hd-es', profileLanguages: ['en'] }), ['hd-es', 'resumed-file'])
  t.strictSame(chosen(all, { client: { languages: ['en'] }, lastFileId: 'hd-es' }), ['uhd', 'preferred-language'])
  t.strictSame(chosen(all, { storedLanguage: 'es', profileLanguages: ['en'], lastFileId: 'hd' }), [
    'hd-es',
    'remembered-language',
  ])
  t.strictSame(chosen(all, { storedLanguage: 'en', lastFileId: 'hd-es' }), ['uhd', 'remembered-language'])
  t.strictSame(chosen(all, { storedLanguage: 'en', client: { languages: ['es'] } }), [
    'hd-es',
    'preferred-language',
  ])
  t.strictSame(
    chosen(all, { storedLanguage: 'fr', profileLanguages: ['es'] }),
    ['hd-es', 'preferred-language'],
    'an unavailable language is skipped',
  )
})

t.test('a resumed playback keeps its edition and takes the highest resolution', async (t) => {
  const directorsCut = file('cut', 720, 'en', { edition: "director's cut" })
  t.strictSame(chosen([directorsCut, uhd], { lastFileId: 'cut' }), ['cut', 'resumed-file'])
  t.equal(chosen([sd, uhd], { lastFileId: 'sd' })[0], 'uhd')
})

t.test('height, bitrate and codec each reject a file; limits are inclusive', async (t) => {
  const hevc = file('hevc', 1080, 'en', { videoCodec: 'hvc1.1.6.L150' })
  const vp9 = file('vp9', 1080, 'en', { videoCodec: 'vp09.00.40.08' })
  const av1 = file('av1', 1080, 'en', { videoCodec: 'av01.0.08M.08' })
  const unknown = file('unknown', 1080, 'en', { videoCodec: null, bitrate: null })
  const rows: Array<[string, PlayableFile[], Partial<FilePreferences>, string]> = [
    ['exactly the height', [sd, hd], { client: { maxHeight: 1080 } }, 'hd'],
    ['one line less', [sd, hd], { client: { maxHeight: 1079 } }, 'sd'],
    ['exactly the plan', [sd, hd], { planMaxHeight: 1080 }, 'hd'],
    ['one line less than the plan', [sd, hd], { planMaxHeight: 1079 }, 'sd'],
    ['exactly the bitrate', [sd, hd], { client: { maxBitrate: 1_080_000 } }, 'hd'],
    ['one bit/s less', [sd, hd], { client: { maxBitrate: 1_079_999 } }, 'sd'],
    ['an unknown bitrate is accepted', [unknown], { client: { maxBitrate: 1 } }, 'unknown'],
    ['an unknown codec is accepted', [unknown], { client: { codecs: ['avc1'] } }, 'unknown'],
    ['by common name', [sd, hevc], { client: { codecs: ['H.265'] } }, 'hevc'],
    ['by the sample entry', [sd, hevc], { client: { codecs: ['hev1'] } }, 'hevc'],
    ['by the full string', [sd, hevc], { client: { codecs: ['hvc1.1.6.L150'] } }, 'hevc'],
    ['vp9', [sd, vp9], { client: { codecs: ['vp9'] } }, 'vp9'],
    ['av1', [sd, av1], { client: { codecs: ['av01'] } }, 'av1'],
    ['several codecs', [sd, hevc, vp9], { client: { codecs: ['avc1', 'vp09'] } }, 'vp9'],
    ['all limits', [sd, hd, hevc, uhd], {
      client: { maxHeight: 1080, maxBitrate: 2_000_000, codecs: ['avc1'] },
    }, 'hd'],
    [
      'equal heights, higher bitrate',
      [hd, file('high-bitrate', 1080, 'en', { bitrate: 9_000_000 })],
      {},
      'high-bitrate',
    ],
    ['no codecs, and the original of a master', [hd, { ...hevc, height: 2_160, master: 'master' }], {}, 'hd'],
    ['its codec, and the original of a master', [hd, { ...hevc, height: 2_160, master: 'master' }], {
      client: { codecs: ['avc1', 'hvc1'] },
    }, 'hevc'],
    ['no codecs, and an uploaded file', [hd, { ...hevc, height: 2_160 }], {}, 'hevc'],
    ['no codecs, and only an original', [{ ...hevc, master: 'master' }], {}, 'hevc'],
    ['a playable language', [hdSpanish, uhd], {
      client: { languages: ['es'], maxHeight: 1080 },
    }, 'hd-es'],
    ['a language that only a file above the plan has', [sd, file('uhd-es', 2160, 'es')], {
      planMaxHeight: 1080,
      client: { languages: ['es'] },
    }, 'sd'],
  ]
  for (const [name, files, some, expected] of rows) t.equal(chosen(files, some)[0], expected, name)
  t.equal(chosen([hd], { client: { maxBitrate: 1_000 } }), 'client')
  t.equal(chosen([hevc], { client: { codecs: ['avc1'] } }), 'client')
  t.equal(chosen([hd], { client: { codecs: [] } }), 'client', 'no codecs')
  const choice = chooseFile(
    [hd, hevc, vp9, uhd],
    preferencesOf({ client: { codecs: ['avc1'], maxBitrate: 2_000_000, maxHeight: 1080 } }),
  )
  t.strictSame(
    typeof choice === 'string' ? [] : choice.alternatives.map(({ file, reason }) => [file.id, reason.code]),
    [['hevc', 'client-codec'], ['vp9', 'client-codec'], ['uhd', 'client-height']],
    'each with its reason',
  )
})

t.test('an alternative of another edition', async (t) => {
  const directorsCut = file('cut', 1080, 'en', { edition: "director's cut" })
  const choice = chooseFile([directorsCut, uhd], preferencesOf({ lastFileId: 'cut' }))
  t.match(choice, { file: { id: 'cut' }, alternatives: [{ file: { id: 'uhd' }, reason: { code: 'other-edition' } }] })
})

t.test('the resolution of a wide movie follows from its width', async (t) => {
  t.equal(videoHeight({ width: 1920, height: 800 }), 1080)
  t.equal(videoHeight({ width: null, height: null }), 0)
})

t.test('no file above the plan is chosen or listed; the order of files does not matter', async (t) => {
  const anyFile = fc.record({
    id: fc.uuid(),
    width: fc.constant(null),
    height: fc.integer({ min: 100, max: 4_320 }),
    bitrate: fc.integer({ min: 1, max: 1e8 }),
    videoCodec: fc.constantFrom('avc1.640028', 'hvc1.1.6.L150', null),
    audioLanguages: fc.subarray(['en', 'es', 'de']),
    edition: fc.constantFrom(null, 'cut'),
    hls: fc.constantFrom({ packages: [] }, { packages: [1] }),
  })
  fc.assert(
    fc.property(
      fc.uniqueArray(anyFile, { selector: (one) => one.id, maxLength: 8 }),
      fc.constantFrom(720, 1080, 2160),
      (files, planMaxHeight) => {
        const one = chooseFile(files, preferencesOf({ planMaxHeight }))
        const other = chooseFile([...files].reverse(), preferencesOf({ planMaxHeight }))
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

t.test('a device that lists only hvc1 or avc1 never gets parameter sets inside of the frames', async (t) => {
  const hvc1 = file('hvc1', 1080, 'en', { videoCodec: 'hvc1.1.6.L120.90' })
  const hev1 = file('hev1', 2160, 'en', { videoCodec: 'hev1.1.6.L150.90' })
  const avc3 = file('avc3', 2160, 'en', { videoCodec: 'avc3.640033' })
  for (
    const [codecs, result] of [
      [['hvc1'], 'hvc1'],
      [['hvc1.1.6.L150.90'], 'hvc1'],
      [['HVC1', 'avc1'], 'hvc1'],
      [['avc1', 'hvc1', 'hev1'], 'hev1'],
      [['hev1'], 'hev1'],
      [['hevc'], 'hev1'],
      [['avc3'], 'avc3'],
      [['h264'], 'avc3'],
    ] as const
  ) {
    t.match([chosen([hvc1, hev1, avc3], { client: { codecs } })].flat(), [result], codecs.join())
  }
  t.equal(chosen([hev1], { client: { codecs: ['hvc1'] } }), 'client')
  t.equal(chosen([avc3], { client: { codecs: ['avc1.640033'] } }), 'client')
})

t.test('a device that lists only hvc1 or avc1 gets a packaged file when it can play no file directly', async (t) => {
  const hls = { packages: [1] }
  const hev1 = file('hev1', 2160, 'en', { videoCodec: 'hev1.1.6.L150.90', hls })
  const small = file('small', 480, 'en', { videoCodec: 'hev1.1.6.L90.90', hls })
  const avc3 = file('avc3', 1080, 'en', { videoCodec: 'AVC3.640033', hls })
  const client = { codecs: ['hvc1'] }
  t.strictSame(chosen([hev1, small], { client }), ['hev1', 'best-quality'])
  t.strictSame(chosen([hev1, small], { client: { ...client, maxHeight: 1080 } }), ['small', 'client-limit'])
  t.strictSame(chosen([hev1], { client: { codecs: ['hvc1.1.6.L150.90'] } }), ['hev1', 'best-quality'])
  t.strictSame(chosen([avc3], { client: { codecs: ['avc1'] } }), ['avc3', 'best-quality'])
  t.equal(chosen([avc3, hev1], { client: { codecs: ['vp09'] } }), 'client')
  t.equal(chosen([hev1], { client, planMaxHeight: 1080 }), 'plan')
  t.equal(chosen([{ ...hev1, hls: { packages: [] } }], { client }), 'client')
  const hvc1 = file('hvc1', 480, 'en', { videoCodec: 'hvc1.1.6.L90.90' })
  const choice = chooseFile([hev1, hvc1], preferencesOf({ client }))
  t.match(choice, { file: { id: 'hvc1' }, alternatives: [{ file: { id: 'hev1' }, reason: { code: 'client-codec' } }] })
})
