// The origin of markers in exports and imports: detected, set by people, or cleared by them.
import t from 'tap'
import { saveMarkers } from '../../src/media/markers/save-markers.js'
import { containerOf } from '../support/app.js'
import { addShow } from '../support/catalogue.js'
import { expectProblem } from '../support/requests.js'
import { startImportClient } from './import-client.js'

const INTRO = { startMs: 1_000, endMs: 26_000, confidence: 0.9 }
const CREDITS = { startMs: 90_000, confidence: 0.8 }
const BY_PERSON = { origin: 'person', confidence: null }

t.test('origins of markers in exports and imports', async (t) => {
  const { app, admin, clear, exportLines, importLines } = await startImportClient(t)
  const container = containerOf(app)

  /** A show with four episodes: detected, partly set by people, cleared by people, without a detection. */
  async function addDetected (): Promise<{ id: string, first: string, third: string, fourth: string }> {
    const episodes = [1, 2, 3, 4].map((number) => ({ number, title: `Episode ${number}` }))
    const body = { title: 'Fawlty Towers', seasons: [{ number: 1, episodes }] }
    const { body: { id } } = await admin.post('/v1/admin/shows', body)
    const stored = (await admin.get(`/v1/shows/${id}/seasons/1`)).body.episodes
    const [first = '', second = '', third = '', fourth = '']: string[] = stored.map((episode: any) => episode.id)
    await saveMarkers(
      container,
      id,
      [first, second, third].map((itemId) => ({ itemId, intro: INTRO, credits: CREDITS })),
    )
    const url = (number: number): string => `/v1/admin/shows/${id}/seasons/1/episodes/${number}`
    await admin.patch(url(2), { markers: { introStartMs: 1_000, introEndMs: 26_000, creditsStartMs: 80_000 } })
    await admin.patch(url(3), { markers: null })
    await admin.patch(url(4), { markers: { introStartMs: 5_000, introEndMs: 6_000 } })
    return { id, first, third, fourth }
  }
  const readEpisodes = async (id: string) =>
    (await admin.get(`/v1/shows/${id}/seasons/1`)).body.episodes.map(({ markers, markerOrigins }: any) => ({
      markers,
      markerOrigins,
    }))
  const exportEpisodes = async () => (await exportLines())[0].seasons[0].episodes

  t.test('are those of the exported catalogue after an import', async (t) => {
    const { id, first, third, fourth } = await addDetected()
    const before = await readEpisodes(id)
    t.match(before[1].markerOrigins, { intro: { origin: 'detected' }, credits: BY_PERSON })
    const exported = await exportLines()
    const episodes = exported[0].seasons[0].episodes
    t.strictSame(episodes[0].markerOrigins, {
      intro: { origin: 'detected', confidence: 0.9 },
      credits: { origin: 'detected', confidence: 0.8 },
    })
    t.match(episodes[2], { markers: null, markerOrigins: { intro: BY_PERSON, credits: BY_PERSON } })
    t.notOk('markerOrigins' in episodes[3], 'without a detection all markers are those of people')
    t.match((await importLines(exported)).body, { unchanged: 1, refusedCount: 0 })
    await clear()
    t.match((await importLines(exported)).body, { created: 1, refusedCount: 0 })
    t.strictSame(await readEpisodes(id), before)
    t.strictSame(await exportLines(), exported)
    const other = { intro: { ...INTRO, startMs: 2_000 }, credits: null }
    await saveMarkers(container, id, [first, third, fourth].map((itemId) => ({ itemId, ...other })))
    const after = await readEpisodes(id)
    t.match(after[0], { markers: { introStartMs: 2_000, creditsStartMs: null } }, 'a detection replaces detected ones')
    t.strictSame([after[2], after[3]], [before[2], before[3]], 'and leaves those of people')
    await clear()
  })

  t.test('a file without them keeps those of equal markers; other markers are those of people', async (t) => {
    const { id } = await addDetected()
    const [show] = await exportLines()
    const before = await readEpisodes(id)
    for (const episode of show.seasons[0].episodes) delete episode.markerOrigins
    t.match((await importLines([show])).body, { unchanged: 1 })
    t.strictSame(await readEpisodes(id), before)
    await clear()
    await importLines([show])
    t.match((await readEpisodes(id))[0], { markers: before[0].markers, markerOrigins: { intro: BY_PERSON } })
    await clear()
  })

  t.test('may change without the positions, also by a replacement of the episode', async (t) => {
    const { id } = await addDetected()
    const [show] = await exportLines()
    const [first, second] = show.seasons[0].episodes
    first.markerOrigins = { intro: BY_PERSON }
    t.match((await importLines([show])).body, { updated: 1 })
    t.strictSame((await readEpisodes(id))[0].markerOrigins, { recap: null, intro: BY_PERSON, credits: BY_PERSON })
    t.notOk('markerOrigins' in (await exportEpisodes())[0])
    const { id: _, number: __, ...body } = second
    const detected = { origin: 'detected', confidence: 1 }
    await admin.put(`/v1/admin/shows/${id}/seasons/1/episodes/2`, {
      ...body,
      markerOrigins: { recap: null, intro: null, credits: detected },
    })
    t.strictSame((await readEpisodes(id))[1].markerOrigins, { recap: null, intro: BY_PERSON, credits: detected })
    await clear()
  })

  t.test('are rejected when the markers do not fit', async (t) => {
    const detected = { origin: 'detected', confidence: 0.5 }
    const importEpisode = async (fields: object) =>
      (await importLines([{
        kind: 'show',
        title: 'Fawlty Towers',
        seasons: [{ number: 1, episodes: [{ number: 1, title: 'A Touch of Class', ...fields }] }],
      }], '?dryRun=true')).body
    const rejected: ReadonlyArray<readonly [fields: object, pointer: string]> = [
      [{ markerOrigins: { intro: BY_PERSON } }, '/markerOrigins'],
      [{ markers: { introStartMs: 0 }, markerOrigins: { intro: detected } }, '/markers/introEndMs'],
      [{ markers: null, markerOrigins: { credits: detected } }, '/markers/creditsStartMs'],
      [
        { markers: { creditsStartMs: 5 }, markerOrigins: { credits: { origin: 'detected' } } },
        '/markerOrigins/credits/confidence',
      ],
      [{ markers: null, markerOrigins: { credits: { origin: 'guessed' } } }, '/markerOrigins/credits/origin'],
      [
        { markers: null, markerOrigins: { credits: { ...detected, confidence: 2 } } },
        '/markerOrigins/credits/confidence',
      ],
      [{ markers: null, markerOrigins: { chapters: detected } }, '/markerOrigins/chapters'],
    ]
    for (const [fields, pointer] of rejected) {
      const { refused } = await importEpisode(fields)
      t.match(refused, [{ errors: [{ pointer: `/seasons/0/episodes/0${pointer}` }] }], pointer)
    }
    t.match(await importEpisode({ markers: { creditsStartMs: 5 }, markerOrigins: { credits: detected } }), {
      created: 1,
    })
    const { id } = await addShow(app, admin, {}, [])
    const url = `/v1/admin/shows/${id}/seasons/1/episodes/1`
    const problem = await admin.put(url, { title: 'A Touch of Class', markerOrigins: { intro: detected } })
    expectProblem(t, problem, 'validation-failed', 400)
    expectProblem(t, await admin.patch(url, { markers: null, markerOrigins: {} }), 'validation-failed', 400)
  })
})
