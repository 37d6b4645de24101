// Which tracks of a master are encoded, and how long they are.
import t from 'tap'
import { readMasterInfo, type MasterInfo } from '../../../src/media/encoding/master-info.js'

const MAIN = { default: 1 }
const VIDEO = { index: 0, codec_type: 'video', codec_name: 'h264', width: 640, height: 360, disposition: MAIN }
const AUDIO = { index: 1, codec_type: 'audio', codec_name: 'aac', channels: 2 }
const SUBTITLE = { index: 2, codec_type: 'subtitle', codec_name: 'subrip' }
const MATROSKA = 'matroska,webm'

function read (streams: readonly object[], format: object = { duration: '20.000000' }, more: object = {}): MasterInfo {
  const result = readMasterInfo(JSON.stringify({ streams, format, ...more }))
  if (!result.ok) throw new Error(result.reason)
  return result.info
}

t.test('the default video is encoded, not a cover before it', async (t) => {
  const selected = (...streams: readonly object[]): string => {
    const { video: { stream, codec } } = read(streams.map((fields, index) => ({ ...VIDEO, index, ...fields })))
    return `${stream} ${codec}`
  }
  const cover = { codec_name: 'mjpeg', disposition: { default: 0 } }
  t.equal(selected(cover, {}), '1 h264')
  t.equal(selected({ ...cover, disposition: MAIN }, { disposition: {} }), '1 h264')
  t.equal(selected({ codec_name: 'png', disposition: { attached_pic: 1 } }, {}), '1 h264')
  t.equal(selected({ disposition: {} }, { codec_name: 'hevc' }), '1 hevc')
  t.equal(selected({ disposition: {} }, { codec_name: 'hevc', disposition: {} }), '0 h264', 'the first one otherwise')
  t.equal(selected(cover), '0 mjpeg', 'some cameras record pictures')
})

t.test('a playlist starts with the default audio, unless it is a commentary', async (t) => {
  const order = (...dispositions: ReadonlyArray<object | undefined>): number[] =>
    read([VIDEO, ...dispositions.map((disposition, i) => ({ ...AUDIO, index: i + 1, disposition }))])
      .audio.map(({ stream }) => stream)
  t.strictSame(order({}, { default: 1 }, {}), [2, 1, 3])
  t.strictSame(order({ default: 1 }, { default: 1 }), [1, 2])
  t.strictSame(order({}, {}), [1, 2])
  t.strictSame(order(undefined, { default: 1, comment: 1 }, { default: 1 }), [3, 1, 2])
  t.strictSame(order({}, { default: 1, visual_impaired: 1 }), [1, 2])
})

t.test('of several programs, the tracks of the one with the video are encoded', async (t) => {
  const streams = [VIDEO, AUDIO, SUBTITLE, { ...VIDEO, index: 3, disposition: {} }, { ...AUDIO, index: 4 }]
  const programs = [{ streams: [{ index: 0 }, { index: 1 }] }, { streams: [{ index: 3 }, { index: 4 }] }]
  const { audio, subtitles } = read(streams, undefined, { programs })
  t.strictSame(audio.map(({ stream }) => stream), [1])
  t.strictSame(subtitles, [])
  t.equal(read(streams, undefined, { programs: [] }).audio.length, 2)
  t.equal(read(streams, undefined, { programs: [{}, { streams: [] }] }).audio.length, 2)
})

t.test('the length is that of video and audio, also if a subtitle is shown longer', async (t) => {
  const tags = (end: string): object => ({ tags: { DURATION: end } })
  const format = { duration: '40.000000', format_name: MATROSKA }
  const subtitle = { ...SUBTITLE, ...tags('00:00:40.000000000') }
  const length = (video: object, audio: object, more: object = {}): number =>
    read([{ ...VIDEO, ...video }, { ...AUDIO, ...audio }, subtitle], { ...format, ...more }).durationMs
  t.equal(length(tags('00:00:20.000000000'), tags('00:00:20.021000000')), 20_021)
  t.equal(length(tags('00:00:20.000000000'), tags('00:00:30.500000000')), 30_500, 'audio that is longer')
  t.equal(length({ tags: { 'DURATION-eng': '01:00:20.5' } }, {}), 40_000, 'the audio states none')
  t.equal(length({}, {}), 40_000)
  t.equal(length(tags('00:01:20.000000000'), tags('00:01:20.000000000')), 40_000, 'tags of an earlier version')
  const parts = { duration: '20.0', start_time: '0.5' }
  t.equal(length(parts, { duration: '8.0' }, { format_name: 'mov,mp4' }), 20_500)
  const late = { start_time: '0.021', ...tags('00:00:20.021000000') }
  t.equal(length(late, late, { start_time: '0.021' }), 20_021, 'the tag may be the length')
})

t.test('the length of a live recording in Matroska is found later', async (t) => {
  const { durationMs, clock } = read([VIDEO, AUDIO], { format_name: MATROSKA })
  t.equal(durationMs, 0)
  t.match(clock, { start: 0, isTransportStream: false, isLengthKnown: false })
  const estimated = { duration: '117.076000' }
  t.match(read([{ ...VIDEO, ...estimated }], { ...estimated, format_name: MATROSKA }), {
    durationMs: 0,
    clock: { isLengthKnown: false },
  })
  const mp4 = readMasterInfo(JSON.stringify({ streams: [VIDEO], format: { format_name: 'mov,mp4' } }))
  t.match(mp4, { ok: false, code: 'no-duration' })
})

t.test('a video that starts after its audio is not kept: renditions show its first picture until then', async (t) => {
  const isKept = (start: string | undefined, audioStart = '0.000000'): boolean =>
    read([{ ...VIDEO, codec_name: 'hevc', pix_fmt: 'yuv420p', start_time: start }, {
      ...AUDIO,
      start_time: audioStart,
    }], { duration: '20', start_time: audioStart }).video.isKept
  t.equal(isKept('0.700000'), true)
  t.equal(isKept('3.000000'), false)
  t.equal(isKept('600.080000', '600.000000'), true)
  t.equal(isKept('0.000000', '3.000000'), true)
  t.equal(isKept(undefined), true)
})
