// Long masters are encoded in chunks. Their renditions equal those of one encoding of the whole master.
import { readFileSync } from 'node:fs'
import path from 'node:path'
import t from 'tap'
import { EncodingChunk } from '../../../../models/encoding-chunk.js'
import { containerOf } from '../../../support/app.js'
import { addMovie } from '../../../support/catalogue.js'
import { encodeMasters, findFiles, startEncodingApp, uploadMaster } from '../encoding-app.js'
import { makeFile, skipWithoutFfmpeg } from '../programs.js'
import { hashAudio, makeCountedMaster, readFrameNumbers } from './counted-master.js'
import { expectSameAsWhole } from './same-as-whole.js'

t.test('masters in chunks', { skip: await skipWithoutFfmpeg() }, async (t) => {
  const folder = t.testdir({})

  t.test('of a constant frame rate', async (t) => {
    await makeCountedMaster(folder, 'constant.mkv', 80)
    await expectSameAsWhole(t, folder, 'constant.mkv')
  })

  t.test('of a fractional frame rate, with several tracks', async (t) => {
    await makeFile(folder, ['-f', 'lavfi', '-i', 'sine=frequency=300:duration=61', 'second.wav'])
    await makeCountedMaster(folder, 'first.mkv', 61, '24000/1001')
    await makeFile(folder, [
      ...['-i', 'first.mkv', '-i', 'second.wav', '-map', '0', '-map', '1', '-map', '0:a', '-c', 'copy', '-c:a', 'ac3'],
      ...['-ac:a:2', '6', '-metadata:s:a:0', 'language=ger', '-metadata:s:a:1', 'title=Director', 'tracks.mkv'],
    ])
    await expectSameAsWhole(t, folder, 'tracks.mkv')
  })

  t.test('of a variable frame rate, with long pictures at the borders of chunks', async (t) => {
    const select = "select='not(mod(n,3))*not(between(n,700,800))+between(n,900,1000)'"
    const options = ['-vf', select, '-fps_mode', 'vfr', '-c:v', 'libx264', '-g', '300', '-c:a', 'aac']
    await makeCountedMaster(folder, 'variable.mp4', 75, '25', options)
    await expectSameAsWhole(t, folder, 'variable.mp4')
  })

  t.test('whose clock starts late, and whose video starts after the audio', async (t) => {
    const options = ['-c:v', 'libx264', '-g', '200', '-c:a', 'aac']
    await makeCountedMaster(folder, 'early.mkv', 70, '25', options)
    const inputs = ['-itsoffset', '0.7', '-i', 'early.mkv', '-i', 'early.mkv', '-map', '0:v', '-map', '1:a']
    await makeFile(folder, [...inputs, '-c', 'copy', '-output_ts_offset', '600', 'late.mkv'])
    await expectSameAsWhole(t, folder, 'late.mkv')
  })

  t.test('whose audio is longer than the video', async (t) => {
    await makeCountedMaster(folder, 'picture.mkv', 40)
    await makeFile(folder, ['-f', 'lavfi', '-i', 'sine=duration=100', 'long.wav'])
    await makeFile(folder, [
      ...['-i', 'picture.mkv', '-i', 'long.wav', '-map', '0:v', '-map', '1', '-c:v', 'copy', '-c:a', 'ac3', 'long.mkv'],
    ])
    const test = await startEncodingApp(t, { AUDIO_LOUDNESS: 'off' })
    const movie = await addMovie(test.app, test.admin, {}, [])
    await uploadMaster(test, movie, readFileSync(path.join(folder, 'long.mkv')))
    await encodeMasters(test)
    const [file] = await findFiles(movie)
    const rendition = (await containerOf(test.app).storage.locate(file?.storageKey ?? '')).toString()
    t.strictSame(await readFrameNumbers(folder, rendition), Array.from({ length: 1_000 }, (_value, i) => i))
    t.equal(await EncodingChunk.countDocuments(), 0)
  })

  t.test('without audio', async (t) => {
    await makeCountedMaster(folder, 'silent.mkv', 65, '25', ['-c:v', 'mpeg4', '-q:v', '3', '-an'])
    const test = await startEncodingApp(t)
    const movie = await addMovie(test.app, test.admin, {}, [])
    await uploadMaster(test, movie, readFileSync(path.join(folder, 'silent.mkv')))
    await encodeMasters(test)
    t.match(await findFiles(movie), [{ height: 90, audioTracks: [] }])
  })

  t.test('the loudness is that of the whole master, and the audio decodes to the same samples', async (t) => {
    const test = await startEncodingApp(t)
    const movie = await addMovie(test.app, test.admin, {}, [])
    await uploadMaster(test, movie, await makeCountedMaster(folder, 'loud.mkv', 62))
    await encodeMasters(test)
    const hashes = await Promise.all(
      (await findFiles(movie)).map(async ({ storageKey }) =>
        await hashAudio((await containerOf(test.app).storage.locate(storageKey)).toString())
      ),
    )
    t.match(hashes[0], /^MD5=/)
    t.equal(new Set(hashes).size, 1, 'all renditions have the same audio')
  })
})
