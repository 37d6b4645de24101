// Where a master is cut into chunks.
import fc from 'fast-check'
import t from 'tap'
import { chunkSettings, isEncodedInChunks, planChunks } from '../../../../src/media/encoding/chunks/chunk-plan.js'
import { planEncoding } from '../../../../src/media/encoding/encoding-plan.js'

const CLOCK = { start: 0, isTransportStream: false, isLengthKnown: true }
const FRAME_RATES = [[24_000, 1_001], [24, 1], [25, 1], [30_000, 1_001], [50, 1], [60_000, 1_001], [60, 1], [
  12_345,
  678,
]]
  .map(([numerator = 0, denominator = 1]) => ({ numerator, denominator }))
const frameRate = { numerator: 25, denominator: 1 }

t.test('masters of more than a minute are encoded in chunks', async (t) => {
  t.equal(isEncodedInChunks({ durationMs: 60_000, isSeekable: true, clock: CLOCK }), false)
  t.equal(isEncodedInChunks({ durationMs: 60_001, isSeekable: true, clock: CLOCK }), true)
  t.equal(isEncodedInChunks({ durationMs: 7_200_000, isSeekable: false, clock: CLOCK }), false)
  const clock = { ...CLOCK, isLengthKnown: false }
  t.equal(isEncodedInChunks({ durationMs: 60_000, isSeekable: true, clock }), true, 'perhaps')
})

t.test('chunks have about 30 s, the last one 15 to 45 s', async (t) => {
  const durations = (seconds: number): number[] =>
    planChunks({ durationMs: seconds * 1_000, frameRate }).map(({ durationMs }) => durationMs / 1_000)
  t.strictSame(durations(61), [30, 31])
  t.strictSame(durations(74), [30, 44])
  t.strictSame(durations(75), [30, 30, 15])
  t.strictSame(durations(90), [30, 30, 30])
  t.equal(durations(4 * 3_600).length, 480)
  t.strictSame(durations(8 * 3_600).slice(0, 2), [60, 60], 'a longer master has longer chunks')
})

t.test('chunks contain each frame once and begin with a key frame, at any rate and duration', async () => {
  const arbitrary = fc.record({
    durationMs: fc.integer({ min: 60_001, max: 24 * 3_600_000 }),
    frameRate: fc.constantFrom(...FRAME_RATES),
  })
  fc.assert(fc.property(arbitrary, ({ durationMs, frameRate }) => {
    const chunks = planChunks({ durationMs, frameRate })
    const { numerator, denominator } = frameRate
    return chunks.length >= 2 && chunks.length <= 480 && chunks[0]?.startFrame === 0 &&
      chunks.at(-1)?.endFrame === null &&
      chunks.every(({ number, startFrame, startKeyFrame, endFrame, durationMs: chunkMs }, i) => {
        const keyFrameSeconds = startKeyFrame * 2
        const isFirstAtTime = startFrame * denominator >= keyFrameSeconds * numerator &&
          (startFrame - 1) * denominator < keyFrameSeconds * numerator
        const isContinued = endFrame === null || endFrame === chunks[i + 1]?.startFrame
        return number === i && isFirstAtTime && isContinued && chunkMs > 14_000
      })
  }))
})

t.test('other settings need other chunks', async (t) => {
  const video = {
    stream: 0,
    codec: 'h264',
    width: 1_280,
    height: 720,
    frameRate,
    hasVariableRate: false,
    isInterlaced: false,
    isKept: false,
    range: 'sdr' as const,
  }
  const plan = (durationMs: number, quality: number) =>
    planEncoding({ durationMs, clock: CLOCK, video, audio: [], subtitles: [], chapters: [] }, [{
      height: 720,
      quality,
      maxKbps: 3_000,
    }])
  const settings = [
    chunkSettings(plan(90_000, 21), ['5.1', 'libx264', '-23']),
    chunkSettings(plan(90_000, 22), ['5.1', 'libx264', '-23']),
    chunkSettings(plan(90_001, 21), ['5.1', 'libx264', '-23']),
    chunkSettings(plan(90_000, 21), ['7.0', 'libx264', '-23']),
    chunkSettings(plan(90_000, 21), ['5.1', 'h264_qsv', '-23']),
    chunkSettings(plan(90_000, 21), ['5.1', 'libx264', '-16']),
  ]
  t.equal(new Set(settings).size, settings.length)
  t.equal(chunkSettings(plan(90_000, 21), ['5.1', 'libx264', '-23']), settings[0])
})
