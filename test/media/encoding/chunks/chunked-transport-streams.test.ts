// Transport streams in chunks: they have no index, and a clock that starts at any time.
import t from 'tap'
import { EncodingJob } from '../../../../models/encoding-job.js'
import { addMovie } from '../../../support/catalogue.js'
import { encodeMasters, startEncodingApp, uploadMaster } from '../encoding-app.js'
import { makeFile, skipWithoutFfmpeg } from '../programs.js'
import { makeCountedMaster } from './counted-master.js'
import { expectSameAsWhole } from './same-as-whole.js'

t.test('transport streams in chunks', { skip: await skipWithoutFfmpeg(), timeout: 290_000 }, async (t) => {
  const folder = t.testdir({})

  t.test('transport streams, whose tracks start at different times', async (t) => {
    /** Makes a transport stream of MPEG-2 or H.264 with open groups of pictures. */
    async function makeStream (name: string, video: readonly string[], offsets: readonly string[]): Promise<void> {
      await makeCountedMaster(folder, 'tracks.mkv', 70, '25', [...video, '-c:a', 'mp2'])
      const inputs = ['-i', 'tracks.mkv', '-map', '0:v', '-map', '1:a', '-c', 'copy']
      await makeFile(folder, [...offsets, '-i', 'tracks.mkv', ...inputs, '-output_ts_offset', ...['600', name]])
    }
    const broadcast = ['-c:v', 'mpeg2video', '-g', '15', '-bf', '2', '-q:v', '3']
    const openGroups = ['-c:v', 'libx264', '-preset', 'veryfast', '-x264-params', 'open-gop=1:keyint=50:scenecut=0']
    await makeStream('broadcast.ts', broadcast, ['-itsoffset', '0.7'])
    await t.test('MPEG-2, audio first', async (t) => {
      await expectSameAsWhole(t, folder, 'broadcast.ts')
    })
    await makeStream('open.ts', openGroups, ['-itsoffset', '-0.3'])
    await t.test('H.264, video first', async (t) => {
      await expectSameAsWhole(t, folder, 'open.ts')
    })
  })

  t.test('a transport stream whose clock overflows, with a key frame each 9 s', async (t) => {
    const options = ['-c:v', 'libx264', '-preset', 'veryfast', '-g', '230', '-sc_threshold', '0', '-c:a', 'aac']
    // 33 bits count to 95,443.7 s.
    await makeCountedMaster(folder, 'overflow.ts', 80, '25', [...options, '-output_ts_offset', '95403.7'])
    await expectSameAsWhole(t, folder, 'overflow.ts')
  })

  t.test('a transport stream whose key frames are too far apart is encoded as a whole', async (t) => {
    const options = ['-c:v', 'libx264', '-preset', 'veryfast', '-g', '750', '-sc_threshold', '0', '-an']
    const test = await startEncodingApp(t)
    const movie = await addMovie(test.app, test.admin, {}, [])
    const { body: job } = await uploadMaster(test, movie, await makeCountedMaster(folder, 'l.ts', 62, '25', options))
    t.match(await EncodingJob.findById(job.id).lean(), { isChunked: true, clock: null })
    await encodeMasters(test)
    const clock = { durationMs: 62_000, isContinuous: true, keyFrameDistanceMs: 30_000 }
    t.match(await EncodingJob.findById(job.id).lean(), { state: 'done', isChunked: false, chunkSettings: null, clock })
  })
})
