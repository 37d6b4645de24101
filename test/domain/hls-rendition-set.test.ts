import fc from 'fast-check'
import t from 'tap'
import { videoHeight } from '../../src/domain/file-choice.js'
import {
  buildRenditionSet,
  SAME_LENGTH_MS,
  type PackagedAudio,
  type PackagedFile,
} from '../../src/domain/hls-rendition-set.js'

interface Sound extends PackagedAudio {
  readonly of: string
}

const file = (
  id: string,
  height: number,
  languages: Array<string | null>,
  fields: Partial<PackagedFile<Sound>> = {},
): PackagedFile<Sound> => ({
  id,
  width: Math.round(height * 16 / 9),
  height,
  bitrate: height * 1_000,
  edition: null,
  durationMs: 60_000,
  sounds: languages.map((language) => ({
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

function offered (
  chosen: PackagedFile<Sound>,
  files: Array<PackagedFile<Sound>>,
  maxHeight = 2160,
): [variants: string[], sounds: string[]] {
  const { variants, groups } = buildRenditionSet<Sound, PackagedFile<Sound>>(chosen, files, maxHeight)
  return [
    variants.map(({ id }) => id),
    groups.flatMap(({ id, sounds }) => sounds.map((sound) => `${id} ${sound.language ?? '?'} ${sound.of}`)),
  ]
}

t.test("each height once, the chosen file first; each sound once, the chosen file's before others", async (t) => {
  const all = [sd, hd, hdSpanish, uhd]
  t.strictSame(offered(uhd, all), [['uhd', 'hd', 'sd'], ['mp4a en uhd', 'mp4a es hd-es']])
  t.strictSame(offered(hdSpanish, all), [['hd-es', 'uhd', 'sd'], ['mp4a es hd-es', 'mp4a en uhd']])
  t.strictSame(
    offered(sd, all, 1080),
    [['sd', 'hd'], ['mp4a en sd', 'mp4a es hd-es']],
    'nothing above the cap, neither picture nor sound',
  )
  t.strictSame(offered(file('silent', 480, []), []), [['silent'], []])
})

t.test('what does not go together is left out', async (t) => {
  const cut = file('cut', 2160, ['fr'], { edition: 'cut' })
  t.strictSame(offered(hd, [hd, cut]), [['hd'], ['mp4a en hd']])
  t.strictSame(offered(cut, [hd, cut]), [['cut'], ['mp4a fr cut']])
  t.strictSame(offered(hd, [hd, { ...uhd, durationMs: 60_000 + SAME_LENGTH_MS }])[0], ['hd', 'uhd'])
  t.strictSame(offered(hd, [hd, { ...uhd, durationMs: 60_001 + SAME_LENGTH_MS }])[0], ['hd'])
})

t.test('sounds differ by language, kind and channels; each codec is a group of its own', async (t) => {
  const [stereo] = hd.sounds
  const many = file('many', 1080, [], {
    sounds: [
      stereo!,
      { ...stereo!, channels: 6 },
      { ...stereo!, kind: 'commentary' },
      { ...stereo!, codec: 'ac-3', channels: 6 },
      { ...stereo!, language: null },
      stereo!,
    ],
  })
  const { groups } = buildRenditionSet<Sound, PackagedFile<Sound>>(many, [sd], 2160)
  t.strictSame(groups.map(({ id, sounds }) => [id, sounds.length]), [['mp4a', 4], ['ac-3', 1]])
})

t.test('whatever the files, nothing above the cap, no height twice, and the order of the files does not matter', async (t) => {
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
      (files, cap) => {
        const chosen = files.find((one) => videoHeight(one) <= cap)
        if (chosen === undefined) return true
        const [variants] = offered(chosen, files, cap)
        const [again] = offered(chosen, [...files].reverse(), cap)
        const heights = variants.map((id) => videoHeight(files.find((one) => one.id === id)!))
        return variants[0] === chosen.id && new Set(heights).size === heights.length &&
          heights.every((height) => height <= cap) && JSON.stringify(variants) === JSON.stringify(again)
      },
    ),
    { numRuns: 500 },
  )
  t.pass('over 500 random sets of files')
})
