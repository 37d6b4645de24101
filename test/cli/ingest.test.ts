// "normflix ingest": names and folders become masters, playable files and subtitles of the right items.
import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import t from 'tap'
import { EncodingJob } from '../../models/encoding-job.js'
import { Show, type StoredShow } from '../../models/show.js'
import { containerOf, startApp, type TestApp } from '../support/app.js'
import { addMovie, addShow } from '../support/catalogue.js'
import { play } from '../support/playback.js'
import { runCommand, SECRETS } from '../support/run-command.js'
import { signUp, signUpAdmin } from '../support/users.js'
import { encodeMasters } from '../media/encoding/encoding-app.js'
import { makeFile, skipWithoutFfmpeg } from '../media/encoding/programs.js'

const CLIP = path.resolve('src', 'demo', 'clips', 'clip-480p-en.mp4')
const NO_FFMPEG = { PATH: '/nonexistent' }
const SUBTITLE = '1\n00:00:01,000 --> 00:00:02,000\nGuten Tag.\n'

interface Row {
  readonly file: string
  readonly status: string
  readonly [field: string]: unknown
}

async function ingest (
  running: TestApp,
  words: readonly string[],
  variables: Record<string, string> = {},
): Promise<{ readonly code: number | null, readonly rows: Row[], readonly err: string }> {
  const { code, out, err } = await runCommand(running, ['ingest', ...words, '--json'], { variables })
  return { code, rows: out === '' ? [] : JSON.parse(out) as Row[], err }
}

const statuses = (rows: readonly Row[]): Record<string, string> =>
  Object.fromEntries(rows.map(({ file, status }) => [path.basename(file), status]))

function copyClips (folder: string, names: readonly string[]): void {
  for (const name of names) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true })
    copyFileSync(CLIP, path.join(folder, name))
  }
}

t.test('without ffmpeg, playable files are added as they are', async (t) => {
  const running = await startApp(t, SECRETS)
  const { app } = running
  const admin = await signUpAdmin(app)
  const matrix = await addMovie(app, admin, { title: 'The Matrix', externalIds: { imdb: 'tt0133093' } }, [])
  const solaris = [
    await addMovie(app, admin, { title: 'Solaris', releaseDate: '1972-03-20' }, []),
    await addMovie(app, admin, { title: 'Solaris', releaseDate: '2002-11-27' }, []),
  ]
  const show = await addShow(app, admin, {}, [])
  const folder = t.testdir({})
  const files = async (itemId: string): Promise<unknown[]> =>
    [...containerOf(app).catalogue.itemFiles(itemId)].map(({ edition }) => edition)

  t.test('a dry run changes nothing and says what is unclear', async (t) => {
    const drop = path.join(folder, 'drop')
    copyClips(drop, [
      "The.Matrix.1999.1080p [Director's Cut].mp4",
      'Solaris.mp4',
      'Solaris (1972).mp4',
      'Solaris (1999).mp4',
      'Fawlty.Towers.S02E01.mp4',
      'Fawlty.Towers.S01E01E03.mp4',
      'Fawlty.Towers.S01E02-S02E01.mp4',
      'Fawlty Towers S09E01.mp4',
      'Unknown Movie.mp4',
      'Renamed {imdb-tt0133093}.mp4',
      'Aired 2010-05-06 {imdb-tt0133093}.mp4',
      'Fawlty.Towers.1975.09.26.mp4',
      'Solaris (1972)-trailer.mp4',
    ])
    writeFileSync(path.join(drop, 'Solaris (1972).de.forced.srt'), SUBTITLE)
    writeFileSync(path.join(drop, 'Solaris (1972).srt'), SUBTITLE)
    writeFileSync(path.join(drop, 'Solaris (2002).sup'), 'PG')
    writeFileSync(path.join(drop, 'Fawlty Towers S02E02.avi'), 'RIFF no browser plays this container')
    writeFileSync(path.join(drop, 'readme.txt'), 'hello')
    writeFileSync(path.join(drop, 'Solaris Audio (1972).m4a'), 'audio')
    const { code, rows } = await ingest(running, [drop, '--dry-run'], NO_FFMPEG)
    t.equal(code, 1)
    t.strictSame(statuses(rows), {
      "The.Matrix.1999.1080p [Director's Cut].mp4": 'new',
      'Solaris.mp4': 'ambiguous',
      'Solaris (1972).mp4': 'new',
      'Solaris (1999).mp4': 'unmatched',
      'Fawlty.Towers.S02E01.mp4': 'new',
      'Fawlty.Towers.S01E01E03.mp4': 'ambiguous',
      'Fawlty.Towers.S01E02-S02E01.mp4': 'ambiguous',
      'Fawlty Towers S09E01.mp4': 'unmatched',
      'Unknown Movie.mp4': 'unmatched',
      'Renamed {imdb-tt0133093}.mp4': 'new',
      'Aired 2010-05-06 {imdb-tt0133093}.mp4': 'new',
      'Fawlty.Towers.1975.09.26.mp4': 'new',
      'Solaris (1972)-trailer.mp4': 'ignored',
      'Solaris (1972).de.forced.srt': 'new',
      'Solaris (1972).srt': 'rejected',
      'Solaris (2002).sup': 'rejected',
      'Fawlty Towers S02E02.avi': 'rejected',
      'readme.txt': 'ignored',
      'Solaris Audio (1972).m4a': 'rejected',
    })
    const rowOf = (name: string): Row | undefined => rows.find(({ file }) => path.basename(file) === name)
    t.match(rowOf('Solaris.mp4'), { reason: new RegExp(`${solaris[0] ?? ''}.*${solaris[1] ?? ''}.*--title`) })
    t.match(rowOf('Solaris (1972).mp4'), { itemId: solaris[0], as: 'media' })
    t.match(rowOf('Renamed {imdb-tt0133093}.mp4'), { itemId: matrix })
    t.match(rowOf('Aired 2010-05-06 {imdb-tt0133093}.mp4'), { itemId: matrix })
    t.match(rowOf('Fawlty.Towers.1975.09.26.mp4'), { itemId: show.episodes[1] })
    t.match(rowOf('Fawlty.Towers.S02E01.mp4'), { itemId: show.episodes[2], item: 'Fawlty Towers S2 E1' })
    t.match(rowOf('Fawlty Towers S09E01.mp4'), { reason: /has no season 9 episode 1/ })
    t.match(rowOf('Fawlty.Towers.S01E01E03.mp4'), { reason: /episodes 1, 3.*do not follow/, episodes: [1, 3] })
    t.match(rowOf('Fawlty.Towers.S01E02-S02E01.mp4'), { reason: /several seasons/ })
    t.match(rowOf('Solaris Audio (1972).m4a'), { reason: /A master needs a video track/ })
    t.match(rowOf('Fawlty Towers S02E02.avi'), { reason: /Install ffmpeg/ })
    t.strictSame(await files(matrix), [])
    const { out } = await runCommand(running, ['ingest', drop, '--dry-run'], { variables: NO_FFMPEG })
    t.match(out, /^STATUS +AS +MOVIE OR EPISODE +FILE +REASON/)
    t.match(out, /\b7 new\b/)
    t.match(out, /Nothing was changed\.\n$/)
  })

  t.test('files and subtitles are added once', async (t) => {
    const drop = path.join(folder, 'matrix')
    copyClips(drop, ["The Matrix (1999) [Director's Cut].mp4"])
    writeFileSync(path.join(drop, 'The Matrix (1999).de.forced.srt'), SUBTITLE)
    const first = await ingest(running, [drop], NO_FFMPEG)
    t.match(first, { code: 0, rows: [{ status: 'ingested', as: 'media' }, { status: 'ingested', as: 'subtitle' }] })
    t.match((await admin.get(`/v1/admin/movies/${matrix}/subtitles`)).body.items, [{ language: 'de', kind: 'forced' }])
    t.strictSame(await files(matrix), ["Director's Cut"])
    const second = await ingest(running, [drop], NO_FFMPEG)
    t.match(second, { code: 0, rows: [{ status: 'unchanged' }, { status: 'unchanged' }] })
    t.strictSame(await files(matrix), ["Director's Cut"])
    const { body } = await admin.get('/v1/admin/audit?limit=10')
    t.equal(body.items.filter(({ action }: any) => action === 'ingest').length, 1)
  })

  t.test('a file with several episodes is played as its first episode', async (t) => {
    const [first = '', second = ''] = show.episodes
    const single = path.join(folder, 'single')
    copyClips(single, ['Fawlty.Towers.S01E02.mp4'])
    await ingest(running, [single], NO_FFMPEG)
    t.strictSame(await files(second), [null])

    const drop = path.join(folder, 'several')
    copyClips(drop, ['Fawlty.Towers.S01E01-E02.mp4', 'Fawlty.Towers.S02E01E02E03.mp4', 'Fawlty.Towers.S01E08E09.mp4'])
    writeFileSync(path.join(drop, 'Fawlty.Towers.S01E01-E02.de.srt'), SUBTITLE)
    const ofFirst = { itemId: first, episodes: [1, 2], reason: 'Episodes 1 and 2 are played as episode 1.' }
    const planned = [
      { ...ofFirst, as: 'subtitle' },
      { ...ofFirst, as: 'media' },
      { status: 'unmatched', episodes: [8, 9], reason: /has no season 1 episode 8/ },
      { itemId: show.episodes[2], episodes: [1, 2, 3], reason: 'Episodes 1 to 3 are played as episode 1.' },
    ]
    for (const [status, words] of [['new', ['--dry-run']], ['ingested', []], ['unchanged', []]] as const) {
      const { code, rows } = await ingest(running, [drop, ...words], NO_FFMPEG)
      t.equal(code, 1)
      t.match(rows, planned.map((one) => ({ status, ...one })), status)
    }
    t.strictSame(await files(first), [null])
    t.strictSame(await files(second), [null], 'an episode keeps media of its own')
    const spans = async (season: number): Promise<unknown[]> =>
      (await Show.findById(show.id).lean<StoredShow>())?.seasons.find(({ number }) => number === season)
        ?.episodes.map(({ mediaSpan = 1 }) => mediaSpan) ?? []
    t.strictSame(await spans(1), [1, 1], 'and is not a part of the other')
    t.equal((await spans(2))[0], 3)
    const season2 = path.join(folder, 'own')
    copyClips(season2, ['Fawlty.Towers.S02E02.mp4'])
    await ingest(running, [season2], NO_FFMPEG)
    t.equal((await spans(2))[0], 1, 'an episode that gets media of its own is a part of no other')
    t.match((await admin.get(`/v1/admin/shows/${show.id}/seasons/1/episodes/1/subtitles`)).body.items, [{
      language: 'de',
    }])
    const { out } = await runCommand(running, ['ingest', drop, '--dry-run'], { variables: NO_FFMPEG })
    t.match(out, /Fawlty Towers S1 E1 .*S01E01-E02\.mp4 +Episodes 1 and 2 are played as episode 1\./)
  })

  t.test('--title decides whatever the names state', async (t) => {
    const drop = path.join(folder, 'untitled')
    copyClips(drop, ['take-7.mp4'])
    const words = [drop, '--title', solaris[1] ?? '']
    t.match(await ingest(running, words, NO_FFMPEG), { code: 0, rows: [{ status: 'ingested', itemId: solaris[1] }] })
    t.match(await ingest(running, [drop, '--title', show.id], NO_FFMPEG), {
      code: 1,
      rows: [{ status: 'unmatched', reason: /states no episode/ }],
    })
    t.match(await ingest(running, [drop, '--title', '0'.repeat(24)]), { code: 1, err: /no title with the ID/ })
    t.match(await ingest(running, [path.join(folder, 'nowhere')]), { code: 1, err: /nowhere does not exist/ })
  })
})

t.test("dropping a season's folder makes the season playable", { skip: await skipWithoutFfmpeg() }, async (t) => {
  const running = await startApp(t, { ...SECRETS, ENCODING_LADDER: '90:30:100' })
  const { app } = running
  const admin = await signUpAdmin(app)
  const { body: show } = await admin.post('/v1/admin/shows', {
    title: 'Space: 1999',
    genres: ['Science Fiction'],
    maturityRating: 'TV-PG',
    seasons: [{ number: 1, episodes: [1, 2, 3].map((number) => ({ number, title: `Episode ${number}` })) }],
  })
  const season = path.join(t.testdir({}), 'Space 1999', 'Season 1')
  mkdirSync(season, { recursive: true })
  for (const [i, name] of ['01 - Breakaway.mpg', 'Space.1999.S01E02.480p.mpg', 'S01E03-E04.mpg'].entries()) {
    await makeFile(season, [
      ...['-f', 'lavfi', '-i', `testsrc=size=160x90:rate=25:duration=${i + 1}`],
      ...['-f', 'lavfi', '-i', `sine=duration=${i + 1}`, '-c:v', 'mpeg2video', '-c:a', 'mp2', name],
    ])
  }
  writeFileSync(path.join(season, 'broken S01E02.mpg'), 'no video')
  const words = [season, '--title', show.id]
  t.match(await ingest(running, words), {
    code: 1,
    rows: [{ status: 'ingested', as: 'master' }, { status: 'ingested' }, { status: 'ingested' }, {
      status: 'rejected',
      reason: /damaged|no video/,
    }],
  }, 'a broken file does not stop the others')
  t.equal(await EncodingJob.countDocuments({}), 3)
  const again = await ingest(running, [season])
  t.match(statuses(again.rows), {
    '01 - Breakaway.mpg': 'unchanged',
    'Space.1999.S01E02.480p.mpg': 'unchanged',
    'S01E03-E04.mpg': 'unchanged',
  }, 'the names lead to the same episodes')
  const { encoding } = containerOf(app)
  await encoding.processPending()
  await encoding.onIdle()
  const kim = await signUp(app)
  for (const { id } of (await admin.get(`/v1/shows/${show.id}/seasons/1`)).body.episodes) {
    t.match(await play(kim, id), { status: 201, body: { mediaFile: { height: 90 } } })
  }
  t.equal(readdirSync(season).length, 4, 'the files stay where they are')

  const changed = path.join(season, 'S01E03-E04.mpg')
  copyFileSync(path.join(season, '01 - Breakaway.mpg'), changed)
  t.match(await ingest(running, [changed]), {
    code: 1,
    rows: [{ status: 'rejected', reason: /^The item has another.*see --replace/ }],
  })
  t.match(await ingest(running, [changed, '--replace', '--dry-run']), {
    code: 0,
    rows: [{ status: 'new', reason: /^Episodes 3 and 4 are played as episode 3\. It replaces the master/ }],
  })
  t.match(await ingest(running, [changed, '--replace']), { code: 0, rows: [{ status: 'ingested' }] })
  t.match(await ingest(running, [changed]), { code: 0, rows: [{ status: 'unchanged' }] }, 'before it is encoded')
  await encodeMasters({ app })
  t.match(await ingest(running, [changed]), { code: 0, rows: [{ status: 'unchanged' }] })
  // The next run replaces what is packaged.
  await encodeMasters({ app })
  t.equal(await EncodingJob.countDocuments({}), 3, 'the new master took the place of the old one')

  const cut = readFileSync(changed)
  const complete = Buffer.concat([cut, cut])
  writeFileSync(changed, Buffer.concat([cut.subarray(0, -1), Buffer.from([cut.at(-1) === 0 ? 1 : 0]), cut]))
  t.match((await ingest(running, [changed])).rows, [{ status: 'rejected', reason: /see --replace/ }], 'another film')
  writeFileSync(changed, complete)
  t.match(
    (await ingest(running, [changed])).rows,
    [{ status: 'ingested', reason: /replaces the master/ }],
    'a longer copy',
  )
  await encodeMasters({ app })
  await encodeMasters({ app })
  t.equal(await EncodingJob.countDocuments({ sizeBytes: complete.length }), 1)
  t.equal(await EncodingJob.countDocuments({}), 3)
})
