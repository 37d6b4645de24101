import fc from 'fast-check'
import t from 'tap'
import { DEFAULT_LADDER, framesPerSecond, outputFrameRate, selectRungs } from '../../src/domain/encoding-ladder.js'
import { videoHeight } from '../../src/domain/file-choice.js'

const sizes = (width: number, height: number): string =>
  selectRungs({ width, height }, DEFAULT_LADDER).map((rung) => `${rung.width}x${rung.pictureHeight}`).join(' ')

t.test('a picture gets every rung that is not above it, in its own shape', async (t) => {
  t.equal(sizes(3_840, 2_160), '3840x2160 1920x1080 1280x720 854x480 426x240')
  t.equal(sizes(1_920, 1_080), '1920x1080 1280x720 854x480 426x240')
  t.equal(sizes(1_920, 800), '1920x800 1280x534 854x356 426x178', 'a wide picture counts by its width')
  t.equal(sizes(1_440, 1_080), '1440x1080 960x720 640x480 320x240', 'a narrow one by its height')
  t.equal(sizes(1_080, 1_920), '1080x1920 608x1080 406x720 270x480 136x240', 'as does an upright one')
})

t.test('a picture between two rungs gets one of its own size as well', async (t) => {
  t.equal(sizes(1_024, 576), '1024x576 854x480 426x240', 'PAL')
  t.equal(sizes(1_919, 1_079), '1918x1078 1280x720 854x480 426x240', 'never above the source')
  t.equal(sizes(2_560, 1_440), '2560x1440 1920x1080 1280x720 854x480 426x240')
  t.equal(sizes(640, 360), '640x360 426x240')
  t.equal(sizes(960, 540), '854x480 426x240', 'the rung below is nearly as high')
  const [own] = selectRungs({ width: 640, height: 360 }, DEFAULT_LADDER)
  t.match(own, { height: 360, quality: 22, maxKbps: 844 }, 'the quality of the rung above, and fewer bits')
  const [low] = selectRungs({ width: 466, height: 262 }, [
    { height: 1_080, quality: 21, maxKbps: 6_000 },
    { height: 200, quality: 24, maxKbps: 500 },
  ])
  t.match(low, { height: 262, maxKbps: 500 }, 'not fewer than the rung below')
  const highest = { height: 480, quality: 22, maxKbps: 1_500 }
  t.match(selectRungs({ width: 1_280, height: 720 }, [highest]), [{ height: 480 }], 'not above the ladder')
})

t.test('a picture below the whole ladder gets one rung of its own size', async (t) => {
  t.equal(sizes(160, 120), '160x120')
  t.equal(sizes(161, 121), '160x120', 'with an even size')
  t.match(selectRungs({ width: 160, height: 120 }, DEFAULT_LADDER), [{ height: 120, quality: 24, maxKbps: 400 }])
})

t.test('the order of the ladder does not matter', async (t) => {
  const picture = { width: 1_280, height: 720 }
  t.strictSame(selectRungs(picture, DEFAULT_LADDER.toReversed()), selectRungs(picture, DEFAULT_LADDER))
})

t.test('rungs never exceed their resolution or the source, and keep the shape', async () => {
  const pixels = fc.integer({ min: 64, max: 8_192 })
  const ladder = fc.uniqueArray(fc.integer({ min: 144, max: 4_320 }), { minLength: 1, maxLength: 6 })
  fc.assert(fc.property(pixels, pixels, ladder, (width, height, heights) => {
    const rungs = selectRungs({ width, height }, heights.map((one) => ({ height: one, quality: 20, maxKbps: 100 })))
    const source = videoHeight({ width, height })
    const isShapeKept = (rung: typeof rungs[number]): boolean => {
      const isExtreme = rung.width <= 16 || rung.pictureHeight <= 16
      return isExtreme || Math.abs(rung.width - rung.pictureHeight * width / height) <= 3 * Math.max(1, width / height)
    }
    return rungs.length > 0 &&
      rungs.every((rung) =>
        rung.height <= source && videoHeight({ width: rung.width, height: rung.pictureHeight }) <= rung.height &&
        rung.width % 2 === 0 && rung.pictureHeight % 2 === 0 && isShapeKept(rung)
      )
  }))
})

t.test('the frame rate is that of the source', async (t) => {
  const output = (numerator: number, denominator: number, isVariable = false): string => {
    const rate = outputFrameRate({ numerator, denominator }, isVariable)
    return `${rate.numerator}/${rate.denominator}`
  }
  t.equal(output(24_000, 1_001), '24000/1001')
  t.equal(output(2_997, 125), '24000/1001', 'containers round: 23.976')
  t.equal(output(10, 1), '10/1')
  t.equal(output(25, 1), '25/1')
  t.equal(output(60, 1), '60/1')
  t.equal(output(120, 1), '60/1', 'half of a high one')
  t.equal(output(120_000, 1_001), '60000/1001')
  t.equal(output(240, 1), '60/1')
  t.equal(output(2_987, 100, true), '30000/1001', 'the next standard rate for a variable one')
  t.equal(output(25, 1, true), '25/1')
  t.equal(output(26, 1, true), '30000/1001')
  t.equal(output(5, 1, true), '24000/1001')
  t.strictSame(outputFrameRate(null, false), { numerator: 25, denominator: 1 }, 'unknown')
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 500_000 }), fc.integer({ min: 1, max: 1_001 }), fc.boolean(), (...one) => {
      const [numerator, denominator, isVariable] = one
      return framesPerSecond(outputFrameRate({ numerator, denominator }, isVariable)) <= 60.04
    }),
  )
})
