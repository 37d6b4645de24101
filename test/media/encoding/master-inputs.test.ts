// Masters as catalogues have them: each becomes playable, or has a reason that a person can act on.
import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import t from 'tap'
import { containerOf } from '../../support/app.js'
import { addMovie } from '../../support/catalogue.js'
import { play } from '../../support/playback.js'
import { expectProblem } from '../../support/requests.js'
import { signUp } from '../../support/users.js'
import { encodeMasters, findFiles, runDoctor, startEncodingApp, uploadMaster } from './encoding-app.js'
import { readPackets } from './chunks/counted-master.js'
import { ASS_SCRIPT, turnPicture, writePictureSubtitles } from './input-files.js'
import { makeFile, skipWithoutFfmpeg } from './programs.js'

const SINE = ['-f', 'lavfi', '-i', 'sine=duration=5']
const picture = (options: string): string[] => ['-f', 'lavfi', '-i', `testsrc=duration=5:${options}`]
const HEVC = ['-c:v', 'libx265', '-preset', 'ultrafast', '-x265-params']

t.test('masters of all kinds', { skip: await skipWithoutFfmpeg() }, async (t) => {
  const folder = t.testdir({ 'texts.ass': ASS_SCRIPT })
  const test = await startEncodingApp(t, { ENCODING_LADDER: '90:30:100' })
  const { app, admin } = test
  const { storage } = containerOf(app)
  const kim = await signUp(app, { plan: 'premium' })

  /** Uploads and encodes a file; returns the movie and the job. */
  async function encode (name: string): Promise<{ movie: string, job: any }> {
    const movie = await addMovie(app, admin, { title: name }, [])
    const { status, body } = await uploadMaster(test, movie, readFileSync(path.join(folder, name)))
    t.equal(status, 202, name)
    await encodeMasters(test)
    return { movie, job: (await admin.get(`/v1/admin/encoding-jobs/${body.id}`)).body }
  }

  async function assertPlayable (name: string, expected: object): Promise<void> {
    const { movie, job } = await encode(name)
    t.match(job, { state: 'done', reason: null }, name)
    const { status, body } = await play(kim, movie)
    t.match({ status, body }, { status: 201, body: { mediaFile: expected, hlsUrl: /m3u8/ } }, name)
    t.ok(Math.abs(body.mediaFile.durationMs - 5_000) < 250, `${name}: ${body.mediaFile.durationMs} ms`)
    const [file] = await findFiles(movie)
    const packets = await readPackets((await storage.locate(file?.storageKey ?? '')).toString(), 'v')
    t.match(packets[0], /^0,/, `${name} starts at 0`)
    await kim.post(`/v1/profiles/${kim.profileId}/playback/${body.streamId}/stop`, {
      positionMs: 0,
      watchedMs: 0,
      at: test.clock.now().toISOString(),
    })
  }

  t.test('2160p HEVC with AC-3, DTS, pictures and texts in Matroska', async () => {
    writePictureSubtitles(path.join(folder, 'pictures.sup'))
    await makeFile(folder, [
      ...picture('size=3840x2160:rate=2'),
      ...[...SINE, '-i', 'texts.ass', '-i', 'pictures.sup', '-map', '0', '-map', '1', '-map', '1', '-map', '2'],
      ...['-map', '3', ...HEVC, 'log-level=none', '-c:a:0', 'ac3', '-ac:a:0', '6', '-c:a:1', 'dca', '-strict', '-2'],
      ...['-c:s:0', 'ass', '-c:s:1', 'copy', '-metadata:s:s:1', 'language=ger', 'disc.mkv'],
    ])
    await assertPlayable('disc.mkv', { height: 90, audioTracks: [{ channels: 2 }, { channels: 2 }, { channels: 6 }] })
  })

  t.test('an interlaced transport stream whose clock starts at 600 s', async () => {
    await makeFile(folder, [
      ...picture('size=360x288:rate=50'),
      ...[...SINE, '-vf', 'interlace,setsar=64/45', '-flags', '+ilme+ildct', '-c:v', 'mpeg2video', '-b:v', '1M'],
      ...['-c:a', 'mp2', '-output_ts_offset', '600', 'broadcast.ts'],
    ])
    await assertPlayable('broadcast.ts', { width: 160, height: 90, frameRate: 25 })
  })

  t.test('Matroska and MP4 files whose clock starts at 600 s, with audio that starts later', async () => {
    const encoded = ['-c:v', 'libx264', '-preset', 'ultrafast', '-c:a', 'aac', '-output_ts_offset', '600']
    const lateTone = ['-itsoffset', '1.5', '-f', 'lavfi', '-i', 'sine=duration=3']
    for (const name of ['clock.mkv', 'clock.mp4']) {
      await makeFile(folder, [...picture('size=320x180:rate=25'), ...SINE, ...encoded, name])
      await assertPlayable(name, { height: 90 })
      await makeFile(folder, [...picture('size=320x180:rate=25'), ...lateTone, ...encoded, `late-${name}`])
      await assertPlayable(`late-${name}`, { height: 90, audioTracks: [{ channels: 2 }] })
    }
  })

  t.test('a phone video with a variable frame rate, turned by 90 degrees', async () => {
    await makeFile(folder, [
      ...[...picture('size=320x180:rate=30'), '-vf', "select='lt(t,2)+not(mod(n,3))'", '-fps_mode', 'vfr'],
      ...['-c:v', 'libx264', '-preset', 'ultrafast', 'level.mov'],
    ])
    turnPicture(path.join(folder, 'level.mov'), path.join(folder, 'phone.mov'))
    await assertPlayable('phone.mov', { width: 50, height: 90 })
  })

  t.test('HDR10', async () => {
    await makeFile(folder, [
      ...[...picture('size=320x180:rate=24'), '-pix_fmt', 'yuv420p10le', ...HEVC],
      ...['log-level=none:colorprim=bt2020:transfer=smpte2084:colormatrix=bt2020nc', 'hdr.mkv'],
    ])
    await assertPlayable('hdr.mkv', { height: 90, videoCodec: /^avc1/ })
  })

  t.test('a subtitle that is shown longer than the picture, in short and long files', async () => {
    writeFileSync(path.join(folder, 'long.srt'), '1\n00:00:01,000 --> 00:05:00,000\nIm Weltraum\n')
    for (const [name, codec] of [['long.mkv', 'srt'], ['long.mp4', 'mov_text']] as const) {
      await makeFile(folder, [
        ...[...picture('size=320x180:rate=25'), ...SINE, '-i', 'long.srt', '-map', '0', '-map', '1', '-map', '2'],
        ...['-c:v', 'libx264', '-preset', 'ultrafast', '-c:a', 'aac', '-c:s', codec, name],
      ])
      await assertPlayable(name, { height: 90 })
    }
  })

  t.test('a cover before the video, and a default language that is not the first track', async () => {
    await makeFile(folder, ['-f', 'lavfi', '-i', 'testsrc=size=1920x1080:duration=1:rate=1', '-frames:v', '1', 'a.jpg'])
    await makeFile(folder, [
      ...['-i', 'a.jpg', ...picture('size=320x180:rate=25'), ...SINE, '-map', '0', '-map', '1', '-map', '2'],
      ...['-map', '2', '-c:v:0', 'copy', '-c:v:1', 'libx264', '-preset', 'ultrafast', '-c:a', 'aac'],
      ...['-disposition:v:0', '0', '-disposition:v:1', 'default', '-disposition:a:0', '0'],
      ...['-disposition:a:1', 'default', '-metadata:s:a:0', 'language=ger', '-metadata:s:a:1', 'language=chi'],
      'cover.mkv',
    ])
    await assertPlayable('cover.mkv', {
      height: 90,
      frameRate: 25,
      audioTracks: [{ language: 'zh' }, { language: 'de' }],
    })
  })

  t.test('a live recording in Matroska, which states no length', async () => {
    const live = ['-c:v', 'libx264', '-preset', 'ultrafast', '-c:a', 'aac', '-live', '1', '-f', 'matroska', 'live.mkv']
    await makeFile(folder, [...picture('size=320x180:rate=25'), ...SINE, ...live])
    await assertPlayable('live.mkv', { height: 90, audioTracks: [{ channels: 2 }] })
  })

  t.test('audio only is rejected', async (t) => {
    await makeFile(folder, [...SINE, 'audio.flac'])
    const movie = await addMovie(app, admin, {}, [])
    const response = await uploadMaster(test, movie, readFileSync(path.join(folder, 'audio.flac')))
    expectProblem(t, response, 'unreadable-media')
    t.match(response.body.detail, /no video track/)
  })

  t.test('a file that ends in the middle fails with the reason, and is not tried again', async (t) => {
    await makeFile(folder, [...picture('size=320x180:rate=25'), '-c:v', 'mpeg4', 'whole.mkv'])
    const whole = readFileSync(path.join(folder, 'whole.mkv'))
    writeFileSync(path.join(folder, 'half.mkv'), whole.subarray(0, Math.round(whole.length * 0.4)))
    const { movie, job } = await encode('half.mkv')
    t.match(job, { state: 'failed', attempts: 1, reason: { code: 'master-incomplete' } })
    t.match(job.logTail, /File ended prematurely/, 'what ffmpeg printed')
    t.match(job.reason.text, /states 5\.0 s, but can be decoded for [\d.]+ s only.*Upload a complete file/)
    t.strictSame(await findFiles(movie), [])
    await admin.delete(`/v1/admin/encoding-jobs/${job.id}`)
    t.strictSame(await runDoctor(test), [])
  })
})
