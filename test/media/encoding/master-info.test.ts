import t from 'tap'
import { readMasterInfo, type MasterInfo } from '../../../src/media/encoding/master-info.js'

const VIDEO = {
  index: 0,
  codec_type: 'video',
  codec_name: 'h264',
  width: 1_920,
  height: 1_080,
  avg_frame_rate: '25/1',
  r_frame_rate: '25/1',
  disposition: { default: 1, attached_pic: 0 },
}
const AUDIO = { index: 1, codec_type: 'audio', codec_name: 'ac3', channels: 6 }

function read (streams: readonly object[], format: object = { duration: '5.040000' }): MasterInfo {
  const result = readMasterInfo(JSON.stringify({ streams, format }))
  if (!result.ok) throw new Error(result.reason)
  return result.info
}

const readVideo = (fields: object): MasterInfo['video'] => read([{ ...VIDEO, ...fields }]).video
const readAudio = (fields: object): MasterInfo['audio'] => read([VIDEO, { ...AUDIO, ...fields }]).audio

t.test('a plain file', async (t) => {
  t.strictSame(read([VIDEO, AUDIO]), {
    durationMs: 5_040,
    isSeekable: false,
    clock: { start: 0, isTransportStream: false, isLengthKnown: true },
    video: {
      stream: 0,
      codec: 'h264',
      width: 1_920,
      height: 1_080,
      frameRate: { numerator: 25, denominator: 1 },
      hasVariableRate: false,
      isInterlaced: false,
      range: 'sdr',
      isKept: false,
    },
    audio: [{ stream: 1, codec: 'ac3', channels: 6, language: null, languageCode: null, kind: 'main', name: null }],
    subtitles: [],
    chapters: [],
  })
})

t.test('the times of chapters count from the start of the file', async (t) => {
  const chapters = [
    { start_time: '600.000000', tags: { title: 'One' } },
    { start_time: '602.500000', tags: { title: 'Two' } },
    { start_time: 'N/A', tags: { title: 'Without a time' } },
    { tags: { title: 'Without a time' } },
    { start_time: '604.000000' },
    { start_time: '606.000000', tags: { title: 'Behind the end' } },
  ]
  const format = { duration: '5.040000', start_time: '600.080000' }
  const result = readMasterInfo(JSON.stringify({ streams: [VIDEO], format, chapters }))
  t.match(result, {
    ok: true,
    info: {
      chapters: [
        { startMs: 0, title: 'One' },
        { startMs: 2_420, title: 'Two' },
        { startMs: 3_920, title: 'Chapter 3' },
      ],
    },
  })
  t.equal(result.ok && result.info.chapters.length, 3)
})

t.test('the duration is the length where the clock starts late', async (t) => {
  const durationOf = (format: object): number => read([VIDEO], format).durationMs
  const late = { start_time: '600.000000', format_name: 'matroska,webm' }
  t.equal(durationOf({ ...late, duration: '605.040000' }), 5_040, 'the time of the end')
  t.equal(durationOf({ ...late, duration: '5.040000' }), 5_040, 'the length')
  t.equal(durationOf({ ...late, duration: '605.040000', format_name: 'mov,mp4,m4a' }), 5_040)
  t.equal(durationOf({ ...late, duration: '605.040000', format_name: 'mpegts' }), 605_040, 'always the length')
})

t.test('the size is as displayed', async (t) => {
  t.match(readVideo({ width: 720, height: 576, sample_aspect_ratio: '64:45' }), { width: 1_024, height: 576 })
  t.match(readVideo({ sample_aspect_ratio: '0:1' }), { width: 1_920, height: 1_080 }, 'unknown ratio')
  t.match(readVideo({ sample_aspect_ratio: 'N/A' }), { width: 1_920, height: 1_080 })
  for (const rotation of [90, -90, 270]) {
    t.match(readVideo({ side_data_list: [{}, { rotation }] }), { width: 1_080, height: 1_920 })
  }
  t.match(readVideo({ side_data_list: [{ rotation: 180 }] }), { width: 1_920, height: 1_080 })
  t.match(readVideo({ tags: { rotate: '90' } }), { width: 1_080, height: 1_920 })
})

t.test('frame rates, interlacing and dynamic range', async (t) => {
  t.match(readVideo({ avg_frame_rate: '2987/100', r_frame_rate: '30/1' }), { hasVariableRate: false })
  t.match(readVideo({ avg_frame_rate: '26/1', r_frame_rate: '30/1' }), {
    hasVariableRate: true,
    frameRate: { numerator: 26, denominator: 1 },
  })
  t.match(readVideo({ avg_frame_rate: '0/0' }), { frameRate: { numerator: 25 }, hasVariableRate: false })
  t.match(readVideo({ avg_frame_rate: '0/0', r_frame_rate: undefined }), { frameRate: null })
  for (const order of ['tt', 'bb', 'tb', 'bt']) {
    t.match(readVideo({ field_order: order, r_frame_rate: '50/1' }), { isInterlaced: true, hasVariableRate: false })
  }
  t.match(readVideo({ field_order: 'progressive' }), { isInterlaced: false })
  t.match(readVideo({ color_transfer: 'smpte2084' }), { range: 'pq' })
  t.match(readVideo({ color_transfer: 'arib-std-b67' }), { range: 'hlg' })
  t.match(readVideo({ color_transfer: 'bt709' }), { range: 'sdr' })
})

t.test('audio tracks', async (t) => {
  t.match(readAudio({ tags: { language: 'ger' } }), [{ language: 'de', languageCode: 'ger' }])
  t.match(readAudio({ tags: { language: 'pt-BR' } }), [{ language: 'pt-BR', languageCode: null }])
  t.match(readAudio({ tags: { language: 'und' } }), [{ language: null, languageCode: null }])
  t.match(readAudio({ tags: { title: 'Director "Ridley"' } }), [{ name: 'Director  Ridley' }])
  t.match(readAudio({ tags: { handler_name: 'SoundHandler' } }), [{ name: null }])
  t.match(readAudio({ tags: { handler_name: 'Surround' } }), [{ name: 'Surround' }])
  t.match(readAudio({ disposition: { comment: 1 } }), [{ kind: 'commentary' }])
  t.match(readAudio({ disposition: { visual_impaired: 1 } }), [{ kind: 'description' }])
  t.match(readAudio({ disposition: { descriptions: 1 } }), [{ kind: 'description' }])
  t.strictSame(readAudio({ codec_name: undefined }), [], 'an unknown codec is left out')
  t.strictSame(readAudio({ channels: 0 }), [])
  const many = Array.from({ length: 40 }, (_, i) => ({ ...AUDIO, index: i + 1 }))
  t.equal(read([VIDEO, ...many]).audio.length, 32)
})

t.test('the first video that is no cover art counts', async (t) => {
  const cover = { ...VIDEO, disposition: { attached_pic: 1 } }
  t.equal(read([cover, { ...VIDEO, index: 1 }]).video.stream, 1)
  t.match(readMasterInfo(JSON.stringify({ streams: [cover, AUDIO], format: { duration: '5' } })), {
    ok: false,
    code: 'no-video',
    reason: /no video track/,
  })
})

t.test('a file that cannot be encoded has a reason', async (t) => {
  const code = (streams: unknown, format: unknown = { duration: '5' }): string | null => {
    const result = readMasterInfo(JSON.stringify({ streams, format }))
    return result.ok ? null : result.code
  }
  t.equal(code([VIDEO], {}), 'no-duration')
  t.equal(code([{ ...VIDEO, duration: '7' }], {}), null, 'the duration of the stream counts too')
  t.equal(code([VIDEO], { duration: 'N/A' }), 'no-duration')
  t.equal(code([{ ...VIDEO, codec_name: undefined }]), 'unreadable')
  t.equal(code([{ ...VIDEO, width: 0 }]), 'unreadable')
  t.equal(code([]), 'no-video')
  t.equal(code('streams'), 'unreadable')
  t.match(readMasterInfo('not JSON'), { ok: false, code: 'unreadable' })
})

t.test('the clock of a transport stream starts at the first track that is encoded', async (t) => {
  const ts = { format_name: 'mpegts', start_time: '600.000000', duration: '90.000000' }
  const late = [{ ...VIDEO, start_time: '601.400000' }, { ...AUDIO, start_time: '601.376778' }]
  t.match(read(late, ts), {
    isSeekable: true,
    durationMs: 90_000,
    clock: { start: 601_376_778, isTransportStream: true, isLengthKnown: false },
  })
  const pictures = { index: 2, codec_type: 'subtitle', codec_name: 'dvb_subtitle', start_time: '600.5' }
  t.equal(read([...late, pictures], ts).clock.start, 601_376_778, 'subtitles that stay behind do not count')
  const wrapped = [{ ...VIDEO, start_time: '-38.617689' }, { ...AUDIO, start_time: '-38.640911' }]
  t.equal(read(wrapped, { ...ts, start_time: '-38.640911' }).clock.start, -38_640_911, 'before an overflow')
  t.equal(read([VIDEO], { ...ts, start_time: undefined }).clock.start, 0, 'stated nowhere')
})

t.test('a transport stream need not state a duration', async (t) => {
  t.match(read([VIDEO], { format_name: 'mpegts', start_time: '1.4' }), { durationMs: 0, isSeekable: true })
  const mpeg = { format_name: 'mpeg', start_time: '1.4' }
  t.match(readMasterInfo(JSON.stringify({ streams: [VIDEO], format: mpeg })), { ok: false, code: 'no-duration' })
})

t.test('a Matroska file whose clock starts late states its length, or the time of its end', async (t) => {
  const isLengthKnown = (start: string, name = 'matroska,webm'): boolean =>
    read([VIDEO], { format_name: name, start_time: start, duration: '700' }).clock.isLengthKnown
  t.equal(isLengthKnown('600.0'), false)
  t.equal(isLengthKnown('0.023'), true)
  t.equal(isLengthKnown('600.0', 'mov,mp4'), true)
})

t.test('HEVC and AV1 are kept if browsers play them', async (t) => {
  const isKept = (fields: object): boolean => readVideo({ codec_name: 'hevc', pix_fmt: 'yuv420p', ...fields }).isKept
  t.ok(isKept({}))
  t.ok(isKept({ codec_name: 'av1', pix_fmt: 'yuv420p10le' }))
  t.notOk(isKept({ codec_name: 'h264' }))
  t.notOk(isKept({ pix_fmt: 'yuv422p10le' }))
  t.notOk(isKept({ pix_fmt: undefined }))
  t.notOk(isKept({ field_order: 'tt' }))
  t.ok(isKept({ side_data_list: [{ rotation: 90 }, { dv_bl_signal_compatibility_id: 1 }] }), 'with an HDR10 base layer')
  t.notOk(isKept({ side_data_list: [{ dv_bl_signal_compatibility_id: 0 }] }), 'with Dolby Vision alone')
})
