// Subtitles that are extracted from media files: as subtitles of their item, until the file is deleted.
import { readFileSync } from 'node:fs'
import path from 'node:path'
import mongoose from 'mongoose'
import t, { type Test } from 'tap'
import { Media, MAX_SUBTITLES } from '../../../models/media.js'
import { offeredSubtitles } from '../../../src/catalogue/queries/offered-subtitles.js'
import { probeOutdatedFiles } from '../../../src/media/probing/probe-again.js'
import { PROBE_VERSION } from '../../../src/media/probing/prober.js'
import { containerOf } from '../../support/app.js'
import { addMovie } from '../../support/catalogue.js'
import { packageAll } from '../../support/hls.js'
import { play } from '../../support/playback.js'
import { startSidecarTest, VTT, type SidecarTest } from '../sidecar-test.js'

const FILE = readFileSync(path.join(process.cwd(), 'test/media/files/text-subtitles.mkv'))
const OTHER_FILE = readFileSync(path.join(process.cwd(), 'test/media/files/text-subtitles.mp4'))
const HEAD = '00:00:01.128 --> 00:00:02.628\n'

interface ExtractionTest extends SidecarTest {
  upload(movie: string, file: Buffer, query?: string): Promise<string>
  /** Languages and kinds that a playback offers. */
  offered(movie: string): Promise<string[]>
  keys(movie: string): Promise<string[]>
}

async function startExtractionTest (t: Test): Promise<ExtractionTest> {
  const test = await startSidecarTest(t)
  const { app, admin, kim, send, stop } = test
  const upload: ExtractionTest['upload'] = async (movie, file, query = '') => {
    const type = file === FILE ? 'video/x-matroska' : 'video/mp4'
    const { status, body } = await send(`/v1/admin/movies/${movie}/media?${query}`, file, type, admin.token)
    t.equal(status, 201)
    return body.id
  }
  return {
    ...test,
    upload,
    async offered (movie) {
      const { body } = await play(kim, movie)
      await stop(body.streamId)
      return body.subtitles.map(({ language, kind }: Record<string, string>) => `${language} ${kind}`)
    },
    async keys (movie) {
      const keys: string[] = []
      for await (const { key } of containerOf(app).storage.list()) keys.push(key)
      return keys.filter((key) => key.startsWith(`${movie}/subtitle-`))
    },
  }
}

t.test('extracted subtitles', async (t) => {
  const test = await startExtractionTest(t)
  const { app, admin, kim, get, send, stop, upload, offered, keys } = test
  const { background } = containerOf(app)
  const newMovie = async (): Promise<string> => await addMovie(app, admin, { originalLanguage: 'de' }, [])

  t.test('the staff list subtitles with their state', async (t) => {
    const movie = await newMovie()
    const mediaFileId = await upload(movie, FILE)
    const list = async () => (await admin.get(`/v1/admin/movies/${movie}/subtitles`)).body.items
    const before = await list()
    t.match(before.filter(({ id }: { id: string | null }) => id !== null), [
      { language: 'de', kind: 'full', name: null, mediaFileId, state: 'offered' },
      { language: 'en', kind: 'forced', name: 'Signs', mediaFileId, state: 'offered' },
      { language: 'fr', kind: 'sdh', name: 'Français SDH', mediaFileId, state: 'offered' },
    ])
    const tracks = (await admin.get(`/v1/movies/${movie}`)).body.mediaFiles[0].embeddedSubtitles
    const others = tracks.filter(({ extraction }: { extraction: string }) => extraction !== 'extracted')
    t.match(
      before.filter(({ id }: { id: string | null }) => id === null),
      others.map(({ language, extraction }: Record<string, string>) => ({
        language,
        state: extraction,
        sizeBytes: null,
        mediaFileId,
      })),
    )
    t.equal(before.length, tracks.length)
    const uploaded = await send(`/v1/admin/movies/${movie}/subtitles?language=de`, VTT, 'text/vtt', admin.token)
    t.equal(uploaded.status, 201)
    const after = await list()
    t.match(after.find(({ id }: { id: string }) => id === uploaded.body.id), { mediaFileId: null, state: 'offered' })
    t.match(after.find(({ id }: { id: string }) => id === before[0].id), { state: 'replaced' })
    t.equal((await kim.get(`/v1/admin/movies/${movie}/subtitles`)).status, 403)
    t.equal((await admin.get(`/v1/admin/movies/${mediaFileId}/subtitles`)).status, 404)
  })

  t.test('texts in a file are offered as WebVTT and in HLS', async (t) => {
    const movie = await newMovie()
    await upload(movie, FILE)
    await packageAll(app)
    const { body } = await play(kim, movie)
    t.match(body.subtitles, [
      { language: 'de', kind: 'full', name: null },
      { language: 'en', kind: 'forced', name: 'Signs' },
      { language: 'fr', kind: 'sdh', name: 'Français SDH' },
    ])
    const { bytes } = await get(body.subtitles[0].url)
    t.equal(
      bytes.toString(),
      `WEBVTT\n\n${HEAD}<i>Grüße</i>\nzwei Zeilen\n\n00:00:04.128 --> 00:00:05.128\n1 &lt; 2 &amp; 3\n`,
    )
    t.match(body.mediaFile.embeddedSubtitles[1], {
      codec: 'ass',
      language: 'en',
      name: 'Signs',
      kind: 'forced',
      extraction: 'extracted',
    })
    const playlist = (await get(body.hlsUrl)).bytes.toString()
    t.match(playlist, /TYPE=SUBTITLES,.*LANGUAGE="en",.*FORCED=YES/)
    t.match(playlist, /TYPE=SUBTITLES,.*LANGUAGE="fr",.*transcribes-spoken-dialog/)
    await stop(body.streamId)
  })

  t.test('an uploaded subtitle of the same language and kind takes precedence', async (t) => {
    const movie = await newMovie()
    await upload(movie, FILE)
    const { body: { id } } = await send(`/v1/admin/movies/${movie}/subtitles?language=de`, VTT, 'text/vtt')
    const { body } = await play(kim, movie)
    t.strictSame(body.subtitles.map(({ language }: { language: string }) => language), ['de', 'en', 'fr'])
    t.equal(body.subtitles[0].id, id)
    await stop(body.streamId)
    t.equal((await admin.delete(`/v1/admin/subtitles/${id}`)).status, 204)
    t.strictSame(await offered(movie), ['de full', 'en forced', 'fr sdh'])
  })

  t.test('they are deleted with their file, and uploaded ones stay', async (t) => {
    const movie = await newMovie()
    await send(`/v1/admin/movies/${movie}/subtitles?language=es`, VTT, 'text/vtt')
    const file = await upload(movie, FILE)
    t.equal((await keys(movie)).length, 4)
    const other = await upload(movie, OTHER_FILE)
    t.equal((await admin.delete(`/v1/admin/media/${file}`)).status, 204)
    t.equal((await keys(movie)).length, 3)
    t.strictSame(await offered(movie), ['es full', 'de full', 'fr full'])
    t.equal((await admin.delete(`/v1/admin/media/${other}`)).status, 204)
    t.match(await Media.findById(movie).lean(), { subtitles: [{ language: 'es', mediaFile: null }] })
    t.equal((await keys(movie)).length, 1)
    t.equal((await admin.delete(`/v1/admin/movies/${movie}`)).status, 204)
    await background.onIdle()
    t.strictSame(await keys(movie), [])
  })

  t.test('files of one edition share them; those of another edition have other times', async (t) => {
    const movie = await newMovie()
    await upload(movie, FILE)
    const other = await upload(movie, OTHER_FILE)
    await admin.patch(`/v1/admin/media/${other}`, { edition: 'Director' })
    const { catalogue } = containerOf(app)
    const ofFile = (fileId: string): string[] =>
      offeredSubtitles(catalogue, catalogue.findFile(fileId)!).map(({ language, kind }) => `${language} ${kind}`)
    t.strictSame(ofFile(other), ['de full', 'fr full'])
    await admin.patch(`/v1/admin/media/${other}`, { edition: null })
    t.strictSame(ofFile(other), ['de full', 'fr full', 'en forced', 'fr sdh'])
  })

  t.test('a file is probed again after a crash between its steps, and nothing is added twice', async (t) => {
    const movie = await newMovie()
    const file = await upload(movie, FILE)
    const { catalogue, prober, ...deps } = containerOf(app)
    const probeAgain = async (): Promise<void> => {
      await Media.updateOne({ _id: movie }, { $set: { 'files.$[file].probeVersion': PROBE_VERSION - 1 } }, {
        arrayFilters: [{ 'file._id': new mongoose.Types.ObjectId(file) }],
      })
      await catalogue.reloadTitle(movie)
      await probeOutdatedFiles({ ...deps, catalogue, prober })
    }
    await probeAgain()
    t.equal((await keys(movie)).length, 3)
    const media = await Media.findById(movie).lean()
    t.strictSame(media?.subtitles.map(({ language }) => language), ['de', 'en', 'fr'])
    t.equal(media?.files[0]?.probeVersion, PROBE_VERSION)
    await Media.updateOne({ _id: movie }, { $pull: { subtitles: { language: 'en' } } })
    await probeAgain()
    t.strictSame(await offered(movie), ['de full', 'fr sdh', 'en forced'])
  })

  t.test('a track without a language gets the declared one, else none', async (t) => {
    // Three letters of 5 bits.
    const [german, unknown] = [0x1cb2, 0x55c4]
    const at = OTHER_FILE.lastIndexOf(Buffer.from([german >> 8, german & 0xff]), OTHER_FILE.indexOf('sbtl'))
    t.ok(at > 0, 'the language of the first subtitle track')
    for (const [query, language] of [['', 'und'], ['subtitles=fr,it', 'it']] as const) {
      const movie = await newMovie()
      const bytes = Buffer.from(OTHER_FILE)
      bytes.writeUInt16BE(unknown, at)
      await upload(movie, bytes, query)
      t.strictSame(await offered(movie), [`${language} full`, 'fr full'], query)
    }
  })

  t.test('an item has its limit of subtitles: the file is added without the others', async (t) => {
    const movie = await newMovie()
    for (let i = 0; i < MAX_SUBTITLES - 1; i++) {
      const vtt = VTT.replace('Whoa', `Whoa ${i}`)
      t.equal((await send(`/v1/admin/movies/${movie}/subtitles?language=es`, vtt, 'text/vtt')).status, 201)
    }
    await upload(movie, FILE)
    const media = await Media.findById(movie).lean()
    t.strictSame([media?.files.length, media?.subtitles.length], [1, MAX_SUBTITLES])
    t.equal((await keys(movie)).length, MAX_SUBTITLES)
  })
})
