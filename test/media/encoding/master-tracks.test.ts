// The audio and subtitle tracks of a master: languages, kinds, surround sound, loudness, texts and pictures.
import { readFileSync } from 'node:fs'
import path from 'node:path'
import t from 'tap'
import { containerOf } from '../../support/app.js'
import { addMovie } from '../../support/catalogue.js'
import { readPlaylist, resolve } from '../../support/hls.js'
import { play } from '../../support/playback.js'
import { call } from '../../support/requests.js'
import { signUp } from '../../support/users.js'
import { encodeMasters, findFiles, runDoctor, startEncodingApp, uploadMaster } from './encoding-app.js'
import { ASS_SCRIPT, CAPTIONS, writePictureSubtitles } from './input-files.js'
import { loudnessOf, makeFile, skipWithoutFfmpeg } from './programs.js'

t.test('tracks of a master', { skip: await skipWithoutFfmpeg() }, async (t) => {
  const folder = t.testdir({
    'forced.srt': '1\n00:00:01,000 --> 00:00:02,500\n<i>Nostromo</i>\n',
    'full.ass': ASS_SCRIPT,
  })
  writePictureSubtitles(path.join(folder, 'pictures.sup'))
  await makeFile(folder, [
    ...['-f', 'lavfi', '-i', 'testsrc=size=320x180:rate=25:duration=5'],
    ...['-f', 'lavfi', '-i', 'sine=frequency=440:duration=5', '-i', 'forced.srt', '-i', 'full.ass'],
    ...['-i', 'pictures.sup', '-filter_complex', '[1]volume=-20dB,asplit=4[a][b][c][d]'],
    ...['-map', '0', '-map', '[a]', '-map', '[b]', '-map', '[c]', '-map', '[d]', '-map', '2', '-map', '3', '-map', '4'],
    ...['-c:v', 'mpeg4', '-c:a', 'ac3', '-c:a:1', 'dca', '-strict', '-2', '-ac:a:0', '6', '-ac:a:1', '2'],
    ...['-c:s:0', 'srt', '-c:s:1', 'ass', '-c:s:2', 'copy'],
    ...['-metadata:s:a:0', 'language=eng', '-metadata:s:a:1', 'language=ger'],
    ...['-metadata:s:a:2', 'language=eng', '-metadata:s:a:2', 'title=Director', '-disposition:a:2', 'comment'],
    ...['-metadata:s:a:3', 'language=eng', '-disposition:a:3', 'visual_impaired'],
    ...['-metadata:s:s:0', 'language=eng', '-disposition:s:0', 'forced', '-metadata:s:s:1', 'language=ger'],
    ...['-disposition:s:1', 'hearing_impaired', '-metadata:s:s:2', 'language=fre', 'master.mkv'],
  ])
  const test = await startEncodingApp(t)
  const { app, admin } = test
  const movie = await addMovie(app, admin, { title: 'Alien' }, [])
  const { body: job } = await uploadMaster(test, movie, readFileSync(path.join(folder, 'master.mkv')))
  await encodeMasters(test)
  t.match((await admin.get(`/v1/admin/encoding-jobs/${job.id}`)).body, { state: 'done', attempts: 1, reason: null })
  const [lowest, highest] = await findFiles(movie)
  const kim = await signUp(app)
  const { body: playback } = await play(kim, movie)

  t.test('each track is stereo in every rendition, and surround sound is in the lowest', async (t) => {
    const stereo = { channels: 2, codec: 'mp4a.40.2' }
    const tracks = [
      { ...stereo, language: 'en', kind: 'main' },
      { ...stereo, language: 'de', kind: 'main' },
      { ...stereo, language: 'en', kind: 'commentary', name: 'Director' },
      { ...stereo, language: 'en', kind: 'description' },
    ]
    t.match(highest, { height: 180, audioTracks: tracks })
    t.equal(highest?.audioTracks.length, 4)
    t.match(lowest, { height: 90, audioTracks: [...tracks, { channels: 6, codec: 'ac-3', language: 'en' }] })
  })

  t.test('the playlist offers both encodings, and tells the tracks apart', async (t) => {
    const { text } = await readPlaylist(app, t, playback.hlsUrl)
    t.match(text, /TYPE=AUDIO,GROUP-ID="ac-3"[^\n]*LANGUAGE="en",DEFAULT=YES[^\n]*CHANNELS="6"/)
    t.match(text, /TYPE=AUDIO,GROUP-ID="mp4a"[^\n]*LANGUAGE="de"[^\n]*CHANNELS="2"/)
    t.match(text, /NAME="English \(commentary\)"[^\n]*AUTOSELECT=NO/)
    t.match(text, /NAME="English \(audio description\)"[^\n]*CHARACTERISTICS="public.accessibility.describes-video"/)
    t.match(text, /TYPE=SUBTITLES[^\n]*LANGUAGE="en"[^\n]*FORCED=YES/)
    t.match(text, /TYPE=SUBTITLES[^\n]*LANGUAGE="de"[^\n]*FORCED=NO,CHARACTERISTICS="public.accessibility.trans/)
  })

  t.test('each rendition has a playlist of its key frames', async (t) => {
    const { text } = await readPlaylist(app, t, playback.hlsUrl)
    const tags = [...text.matchAll(/^#EXT-X-I-FRAME-STREAM-INF:(.*)$/gm)].map(([, attributes]) => attributes ?? '')
    t.strictSame(tags.map((tag) => /RESOLUTION=([^,]+)/.exec(tag)?.[1]).sort(), ['160x90', '320x180'])
    for (const tag of tags) {
      t.match(tag, /^BANDWIDTH=[1-9]\d*,AVERAGE-BANDWIDTH=[1-9]\d*,CODECS="avc1\.64[0-9a-f]{4}",/i)
      const uri = /URI="([^"]+)"/.exec(tag)?.[1] ?? ''
      const keyFrames = await readPlaylist(app, t, resolve(uri, playback.hlsUrl))
      t.match(keyFrames.text, '#EXT-X-I-FRAMES-ONLY')
      t.equal(keyFrames.manifest.segments?.length, 1, 'a master of 5 s has one segment')
    }
  })

  t.test('texts become subtitles of the item, and pictures are listed', async (t) => {
    t.match(lowest?.embeddedSubtitles, [
      { codec: 'subrip', language: 'en', kind: 'forced', extraction: 'extracted' },
      { codec: 'ass', language: 'de', kind: 'sdh', extraction: 'extracted' },
      { codec: 'hdmv_pgs_subtitle', language: 'fr', kind: 'full', extraction: 'not-convertible' },
    ])
    t.strictSame(highest?.embeddedSubtitles, [])
    t.match(playback.subtitles, [{ language: 'en', kind: 'forced' }, { language: 'de', kind: 'sdh' }])
    const texts = await Promise.all(
      playback.subtitles.map(async ({ url }: { url: string }) => (await call(app, 'GET', url)).bytes.toString()),
    )
    t.match(texts[0], /00:01\.00\d --> 00:00:02\.50\d\n<i>Nostromo<\/i>/)
    t.match(texts[1], /00:03\.00\d --> 00:00:04\.00\d\n<b>Im Weltraum<\/b>/)
  })

  t.test('the audio has the loudness of the configuration', async (t) => {
    for (const file of [lowest, highest]) {
      const location = await containerOf(app).storage.locate(file?.storageKey ?? '')
      const loudness = await loudnessOf(String(location))
      t.ok(Math.abs(loudness + 23) < 1, `${loudness} LUFS`)
    }
    t.strictSame(await runDoctor(test), [])
  })
})

t.test('a track of closed captions becomes subtitles', { skip: await skipWithoutFfmpeg() }, async (t) => {
  const folder = t.testdir({ 'captions.scc': CAPTIONS })
  await makeFile(folder, [
    ...['-f', 'lavfi', '-i', 'testsrc=size=160x90:rate=25:duration=5', '-i', 'captions.scc', '-map', '0', '-map', '1'],
    ...['-c:v', 'mpeg4', '-c:s', 'copy', '-metadata:s:s:0', 'language=spa', 'master.mov'],
  ])
  const test = await startEncodingApp(t)
  const { app, admin } = test
  const movie = await addMovie(app, admin, { title: 'Metropolis' }, [])
  const { body: job } = await uploadMaster(test, movie, readFileSync(path.join(folder, 'master.mov')))
  await encodeMasters(test)
  t.match((await admin.get(`/v1/admin/encoding-jobs/${job.id}`)).body, { state: 'done', attempts: 1, reason: null })
  const [lowest] = await findFiles(movie)
  const expected = { codec: 'eia_608', language: 'es', kind: 'sdh', name: null, extraction: 'extracted' }
  t.match(lowest?.embeddedSubtitles, [expected])
  const { body: { subtitles } } = await play(await signUp(app), movie)
  t.match(subtitles, [{ language: 'es', kind: 'sdh' }])
  const text = (await call(app, 'GET', subtitles[0].url)).bytes.toString()
  t.match(text, /00:01\.00\d --> 00:00:03\.00\d[^\n]*\nHello/)
  t.match(text, /00:03\.49\d --> 00:00:04\.49\d[^\n]*\nWorld/)
})
