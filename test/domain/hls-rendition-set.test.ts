import fc from 'fast-check'
import t from 'tap'
import { videoHeight } from '../../src/domain/file-choice.js'
import {
  buildRenditionSet,
  SAME_LENGTH_MS,
  type PackagedAudio,
  type PackagedFile,
} from '../../src/domain/hls-rendition-set.js'

interface Audio extends PackagedAudio {
  readonly of: string
}

const file = (
  id: string,
  height: number,
  languages: Array<string | null>,
  fields: Partial<PackagedFile<Audio>> = {},
): PackagedFile<Audio> => ({
  id,
  width: Math.round(height * 16 / 9),
  height,
  bitrate: height * 1_000,
  videoCodec: 'avc1.640028',
  edition: null,
  durationMs: 60_000,
  audioRenditions: languages.map((language) => ({
    language,
    kind: 'main',
    name: null,
    channels: 2,
    codec: 'mp4a.40.2',
    of: id,
  })),
  ...fields,
})
const sd = file('sd', 480, ['en'])
const hd = file('hd', 1080, ['en'])
const hdSpanish = file('hd-es', 1080, ['es'])
const uhd = file('uhd', 2160, ['en'])

function listRenditions (
  chosen: PackagedFile<Audio>,
  files: Array<PackagedFile<Audio>>,
  maxHeight = 2160,
): [variants: string[], audio: string[]] {
  const { variants, groups } = buildRenditionSet<Audio, PackagedFile<Audio>>(chosen, files, maxHeight)
  return [
    variants.map(({ id }) => id),
    groups.flatMap(({ id, renditions }) => renditions.map((audio) => `${id} ${audio.language ?? '?'} ${audio.of}`)),
  ]
}

t.test('each resolution once, the highest up to 720p first; each audio rendition once', async (t) => {
  const all = [sd, hd, hdSpanish, uhd]
  t.strictSame(listRenditions(uhd, all), [['sd', 'uhd', 'hd'], ['mp4a en uhd', 'mp4a es hd-es']])
  t.strictSame(listRenditions(hdSpanish, all), [['sd', 'uhd', 'hd-es'], ['mp4a es hd-es', 'mp4a en uhd']])
  t.strictSame(
    listRenditions(sd, all, 1080),
    [['sd', 'hd'], ['mp4a en sd', 'mp4a es hd-es']],
    'neither video nor audio of files above the limit',
  )
  t.strictSame(listRenditions(uhd, [hd, uhd])[0], ['hd', 'uhd'], 'without 720p or less, the lowest is first')
  t.strictSame(listRenditions(uhd, [file('low', 360, []), file('mid', 720, []), uhd])[0], ['mid', 'uhd', 'low'])
  t.strictSame(listRenditions(file('silent', 480, []), []), [['silent'], []])
})

t.test('the original of a master stays beside its rendition of the same size', async (t) => {
  const original = file('original', 1080, ['en'], { videoCodec: 'hvc1.2.4.L120.90', bitrate: 1_000 })
  const second = file('second', 1080, ['en'], { videoCodec: 'hev1.2.4.L120.90', bitrate: 900 })
  t.strictSame(listRenditions(hd, [sd, hd, original, second])[0], ['sd', 'hd', 'original'])
  t.strictSame(listRenditions(second, [sd, hd, original, second])[0], ['sd', 'hd', 'second'])
})

t.test('files of another edition or duration are left out', async (t) => {
  const cut = file('cut', 2160, ['fr'], { edition: 'cut' })
  t.strictSame(listRenditions(hd, [hd, cut]), [['hd'], ['mp4a en hd']])
  t.strictSame(listRenditions(cut, [hd, cut]), [['cut'], ['mp4a fr cut']])
  t.strictSame(listRenditions(hd, [hd, { ...uhd, durationMs: 60_000 + SAME_LENGTH_MS }])[0], ['hd', 'uhd'])
  t.strictSame(listRenditions(hd, [hd, { ...uhd, durationMs: 60_001 + SAME_LENGTH_MS }])[0], ['hd'])
})

t.test('audio renditions differ by language and kind; each encoding has a group with all of them', async (t) => {
  const [stereo] = hd.audioRenditions
  const many = file('many', 1080, [], {
    audioRenditions: [
      stereo!,
      { ...stereo!, channels: 6 },
      { ...stereo!, kind: 'commentary' },
      { ...stereo!, codec: 'ac-3', channels: 6 },
      { ...stereo!, language: null },
      stereo!,
    ],
  })
  const { groups } = buildRenditionSet<Audio, PackagedFile<Audio>>(many, [sd], 2160)
  t.strictSame(groups.map(({ id, renditions }) => [id, renditions.length]), [['mp4a', 3], ['mp4a-6', 3], ['ac-3', 3]])
  for (const { renditions } of groups) {
    t.strictSame(renditions.map(({ language, kind }) => [language, kind]), [['en', 'main'], ['en', 'commentary'], [
      null,
      'main',
    ]])
  }
  t.strictSame(groups.map(({ renditions }) => [renditions[0]!.codec, renditions[0]!.channels]), [['mp4a.40.2', 2], [
    'mp4a.40.2',
    6,
  ], ['ac-3', 6]])
})

t.test('no file above the limit, no resolution twice; the order of files does not matter', async (t) => {
  const anyFile = fc.record({
    id: fc.uuid(),
    height: fc.constantFrom(480, 720, 1080, 2160),
    language: fc.constantFrom('en', 'es'),
    edition: fc.constantFrom(null, 'cut'),
    durationMs: fc.constantFrom(60_000, 60_100, 70_000),
  })
    .map(({ id, height, language, ...fields }) => file(id, height, [language], fields))
  fc.assert(
    fc.property(
      fc.uniqueArray(anyFile, { selector: ({ id }) => id, minLength: 1, maxLength: 8 }),
      fc.constantFrom(720, 1080, 2160),
      (files, maxHeight) => {
        const chosen = files.find((one) => videoHeight(one) <= maxHeight)
        if (chosen === undefined) return true
        const [variants] = listRenditions(chosen, files, maxHeight)
        const [again] = listRenditions(chosen, [...files].reverse(), maxHeight)
        const heights = variants.map((id) => videoHeight(files.find((one) => one.id === id)!))
        const low = heights.filter((height) => height <= 720)
        const initial = low.length > 0 ? Math.max(...low) : Math.min(...heights)
        return heights[0] === initial && variants.includes(chosen.id) && new Set(heights).size === heights.length &&
          heights.every((height) => height <= maxHeight) && JSON.stringify(variants) === JSON.stringify(again)
      },
    ),
    { numRuns: 500 },
  )
  t.pass('over 500 random sets of files')
})
