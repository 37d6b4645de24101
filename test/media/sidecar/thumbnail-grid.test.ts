// The grid of seek thumbnails, as a DASH manifest states it.
import t from 'tap'
import { planThumbnails } from '../../../src/media/encoding/steps/master-thumbnails.js'
import { buildThumbnailIndex, readThumbnailGrid } from '../../../src/media/sidecar/thumbnail-index.js'

t.test('the grid of a built index is read again', async (t) => {
  for (const [seconds, columns, rows] of [[5, 3, 1], [28, 14, 1], [30, 15, 1], [31, 15, 2], [5_400, 15, 15]] as const) {
    const grid = planThumbnails({ width: 320, height: 240 }, seconds * 1_000)
    t.match(grid, { columns, width: 160, height: 120 }, `${seconds} s`)
    t.match(readThumbnailGrid(buildThumbnailIndex(grid)), { ...grid, rows })
  }
})

t.test('an index that is no regular grid has none', async (t) => {
  const read = (...cues: string[]): unknown => readThumbnailGrid(['WEBVTT', ...cues, ''].join('\n\n'))
  const first = '00:00.000 --> 00:10.000\nimage#xywh=0,0,160,90'
  t.match(read(first, '00:10.000 --> 00:15.000\nimage#xywh=160,0,160,90'), { columns: 2, rows: 1, intervalMs: 10_000 })
  t.match(read(first, '00:10.000 --> 00:20.000\nimage#xywh=0,90,160,90'), { columns: 1, rows: 2 })
  t.equal(read(first, '00:10.000 --> 00:30.000\nimage#xywh=160,0,160,90', first), null, 'order')
  t.equal(read(first, '00:12.000 --> 00:22.000\nimage#xywh=160,0,160,90'), null, 'a gap')
  t.equal(read(first, '00:10.000 --> 00:20.000\nimage#xywh=160,0,80,90'), null, 'another size')
  t.equal(read(first, '00:10.000 --> 00:20.000\nimage#xywh=170,0,160,90'), null, 'a margin')
  t.equal(read(first, '00:10.000 --> 00:40.000\nimage#xywh=160,0,160,90'), null, 'a longer picture')
  t.equal(read('00:00.000 --> 00:10.000\nimage#xywh=0,0,0,90'), null, 'no width')
  t.equal(read(), null)
})
