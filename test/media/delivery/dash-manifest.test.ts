// The DASH manifest: sets of codecs, alignment, frame rates, roles, names, byte ranges and thumbnails.
import { XMLValidator } from 'fast-xml-parser'
import t from 'tap'
import { renderManifest, type Manifest, type ManifestAudio } from '../../../src/media/delivery/dash-manifest.js'
import { segmentList, segmentTemplate } from '../../../src/media/delivery/dash-segments.js'
import type { Segment, VideoRendition } from '../../../src/media/packaging/package-index.js'
import { parseManifest, segmentsOf, type Node, type ReadManifest } from '../../support/dash.js'

const SEGMENTS: readonly Segment[] = [[6_000_000, 60_000], [6_000_000, 50_000], [1_500_000, 9_000]]

function video (fields: Partial<VideoRendition> = {}): VideoRendition {
  const sizes = { sizeBytes: 120_000, initBytes: 1_000, width: 1_920, height: 1_080 }
  return { codec: 'avc1.640028', ...sizes, segments: SEGMENTS, frameRate: 24, videoRange: 'SDR', ...fields }
}

function audio (fields: Partial<ManifestAudio['audio']> = {}, label = 'English'): ManifestAudio {
  const base = { codec: 'mp4a.40.2', sizeBytes: 120_000, initBytes: 800, segments: SEGMENTS, language: 'en' }
  const track = { kind: 'main', name: null, channels: 2, renditionId: 'p1-a0' } as const
  return { audio: { ...base, ...track, ...fields }, label, isDefault: false }
}

function render (manifest: Partial<Manifest> = {}): ReadManifest {
  const text = renderManifest({
    durationMs: 13_500,
    videos: [{ renditionId: 'p1-v', video: video() }],
    audio: [],
    subtitles: [],
    thumbnails: null,
    hasSegmentUrls: true,
    segmentsOf: (rendition, id) => segmentTemplate(rendition, id, '?token=h1.a.b'),
    ...manifest,
  })
  t.equal(XMLValidator.validate(text), true)
  return parseManifest(text)
}

const onlyVideo = ({ of }: ReadManifest): Node => of('video')[0]!['Representation'][0]

t.test('a video without audio is one set with a timeline', async (t) => {
  const manifest = render()
  t.equal(manifest.sets.length, 1)
  t.match(manifest.text, '<S t="0" d="6000000" r="1"/><S d="1500000"/>')
  t.strictSame(segmentsOf(onlyVideo(manifest)), {
    urls: ['init', '0', '1', '2'].map((name) => `p1-v/${name}.m4s?token=h1.a.b`),
    starts: [0, 6, 12],
    end: 13.5,
  })
})

t.test('a track that starts late states it', async (t) => {
  const manifest = render({ audio: [audio({ startUs: 480_000 })] })
  t.strictSame(segmentsOf(manifest.of('audio')[0]!['Representation'][0]).starts, [0.48, 6.48, 12.48])
})

t.test('each codec and dynamic range has a set, and players may switch between the sets', async (t) => {
  const manifest = render({
    videos: [
      { renditionId: 'p1-v', video: video({ width: 1_280, height: 720 }) },
      { renditionId: 'p2-v', video: video({ codec: 'hvc1.2.4.L153.B0', height: 2_160, videoRange: 'PQ' }) },
      { renditionId: 'p3-v', video: video({ codec: 'avc1.64001f', width: 320, height: 240 }) },
      { renditionId: 'p4-v', video: video({ codec: 'hvc1.1.6.L120.B0' }) },
    ],
  })
  t.strictSame(
    manifest.of('video').map(({ Representation }) => Representation.map(({ id }: Node) => id)),
    [['p3-v', 'p1-v'], ['p2-v'], ['p4-v']],
  )
  const properties = manifest.of('video').map((set) => set['SupplementalProperty'].map(({ value }: Node) => value))
  t.strictSame(properties, [['1', '1,2'], ['16', '0,2'], ['1', '0,1']])
  t.strictSame(manifest.of('video').map(({ id }) => id), ['0', '1', '2'], 'the numbers are those of the sets')
})

t.test('segments are aligned only if all begin at the same times', async (t) => {
  const isAligned = (fields: Partial<VideoRendition>): string =>
    render({ videos: [{ renditionId: 'p1-v', video: video() }, { renditionId: 'p2-v', video: video(fields) }] })
      .of('video')[0]!['segmentAlignment']
  t.equal(isAligned({}), 'true')
  t.equal(isAligned({ segments: [[6_000_001, 1], [5_999_999, 1], [1_400_000, 1]] }), 'true', 'rounding, other end')
  t.equal(isAligned({ startUs: 40_000 }), 'false')
  t.equal(isAligned({ segments: SEGMENTS.slice(0, 2) }), 'false')
  t.equal(isAligned({ segments: [[5_000_000, 1], [7_000_000, 1], [1_500_000, 1]] }), 'false')
})

t.test('frame rates are integers or fractions', async (t) => {
  const rates = [
    [25, '25'],
    [24_000 / 1_001, '24000/1001'],
    [29.97, '30000/1001'],
    [59.94, '60000/1001'],
    [
      12.5,
      '12500/1000',
    ],
    [119.88, '120000/1001'],
    [null, undefined],
  ] as const
  for (const [frameRate, expected] of rates) {
    const manifest = render({ videos: [{ renditionId: 'p1-v', video: video({ frameRate }) }] })
    t.equal(onlyVideo(manifest)['frameRate'], expected)
  }
})

t.test('audio tracks differ in language, role and channels', async (t) => {
  const manifest = render({
    audio: [
      { ...audio(), isDefault: true },
      audio({ channels: 6, codec: 'ec-3' }),
      audio({ channels: 8 }),
      audio({ kind: 'commentary' }, 'English (commentary)'),
      audio({ kind: 'description' }, 'English (audio description)'),
      audio({ language: null }, 'Audio'),
    ],
  })
  t.match(manifest.of('audio'), [
    { lang: 'en', selectionPriority: '2', Role: [{ value: 'main' }], AudioChannelConfiguration: { value: '2' } },
    { lang: 'en', AudioChannelConfiguration: { value: '6' }, Representation: [{ codecs: 'ec-3' }] },
    { AudioChannelConfiguration: { value: '7' } },
    { Role: [{ value: 'commentary' }], Label: 'English (commentary)', Accessibility: undefined },
    { Role: [{ value: 'description' }], Accessibility: { value: '1' } },
    { lang: undefined, Label: 'Audio' },
  ])
})

t.test('names may contain any character', async (t) => {
  const name = 'Tom & "Jerry" <i>\'s</i> ]]> \u0001\u000b\ud800 日本語 🎬'
  const manifest = render({ audio: [audio({}, name)] })
  t.match(manifest.text, 'Tom &amp; &quot;Jerry&quot; &lt;i&gt;&apos;s&lt;/i&gt; ]]&gt; \ufffd\ufffd\ufffd 日本語 🎬')
})

t.test('without segment URLs the manifest lists byte ranges', async (t) => {
  const segmentsOf: Manifest['segmentsOf'] = (rendition, id) => segmentList(rendition, `${id}.mp4?token=h1.a.b`)
  const regular = render({ hasSegmentUrls: false, segmentsOf })
  t.equal(regular.mpd['profiles'], 'urn:mpeg:dash:profile:isoff-main:2011')
  t.match(onlyVideo(regular), {
    BaseURL: 'p1-v.mp4?token=h1.a.b',
    SegmentList: {
      duration: '6000000',
      Initialization: { range: '0-999' },
      SegmentURL: [{ mediaRange: '1000-60999' }, { mediaRange: '61000-110999' }, { mediaRange: '111000-119999' }],
      SegmentTimeline: undefined,
    },
  })
  const segments: readonly Segment[] = [[2_000_000, 10], [6_000_000, 10], [6_000_000, 10]]
  const irregular = render({
    hasSegmentUrls: false,
    segmentsOf,
    videos: [{ renditionId: 'p1-v', video: video({ segments }) }],
  })
  t.match(onlyVideo(irregular)['SegmentList'], {
    duration: undefined,
    SegmentTimeline: { S: [{ t: '0', d: '2000000' }, { d: '6000000', r: '1' }] },
  })
})

t.test('thumbnails are one image of tiles', async (t) => {
  const size = { columns: 5, rows: 2, width: 800, height: 180, sizeBytes: 25_000, coveredMs: 20_000 }
  const manifest = render({ thumbnails: { uri: '../../thumbnails/x/image?token=s1', mimeType: 'image/jpeg', ...size } })
  t.match(manifest.of('image'), [{
    mimeType: 'image/jpeg',
    Representation: [{
      width: '800',
      height: '180',
      bandwidth: '10000',
      EssentialProperty: { value: '5x2' },
      SegmentTemplate: { timescale: '1000', duration: '20000', media: '../../thumbnails/x/image?token=s1' },
    }],
  }])
})
