import { Readable } from 'node:stream'
import t from 'tap'
import { createPackageIndexes, type PackageIndex, type Segment } from '../../../src/media/packaging/package-index.js'
import type { MediaStorage } from '../../../src/storage/storage.js'

async function readSegments (video: readonly Segment[], audio: readonly Segment[]) {
  const index = { version: 1, video: { segments: video }, audio: [{ segments: audio }] }
  const storage = { open: async () => Readable.from([JSON.stringify(index)]) } as unknown as MediaStorage
  const read: PackageIndex = await createPackageIndexes(storage).read('movie/package')
  return { video: read.video.segments, audio: read.audio[0]?.segments }
}

t.test('the end of a rendition belongs to the segment before it if it is shorter than players notice', async (t) => {
  const video: Segment[] = [[6e6, 9_000, 700], [5e6, 8_000, 600], [40_000, 300, 200]]
  t.strictSame(await readSegments(video, [[4_992_000, 900], [5_013_333, 800], [21_333, 30]]), {
    video: [[6e6, 9_000, 700], [5_040_000, 8_300, 600]],
    audio: [[4_992_000, 900], [5_034_666, 830]],
  })
})

t.test('others stay as they are', async (t) => {
  const video: Segment[] = [[200_000, 9_000, 700]]
  const audio: Segment[] = [[5e6, 900], [250_000, 30]]
  t.strictSame(await readSegments(video, audio), { video, audio })
})
