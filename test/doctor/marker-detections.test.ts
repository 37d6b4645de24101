// Detections of markers of seasons and shows that were removed.
import t from 'tap'
import { MarkerDetection } from '../../models/marker-detection.js'
import { Title } from '../../models/title.js'
import { runChecks } from '../../src/doctor/doctor.js'
import { containerOf } from '../support/app.js'
import { addMarkerDetection } from '../support/marker-detections.js'
import { startImportClient } from '../transfer/import-client.js'

t.test('detections of removed seasons and shows', async (t) => {
  const { app, admin, importLines } = await startImportClient(t)
  const container = containerOf(app)

  async function addShowWithDetections (): Promise<string> {
    const seasons = [1, 2, 3].map((number) => ({ number, episodes: [{ number: 1, title: 'One' }] }))
    const { body: { id } } = await admin.post('/v1/admin/shows', { title: 'Fawlty Towers', seasons })
    for (const season of [1, 2, 3]) await addMarkerDetection({ titleId: id, season }, { state: 'done' })
    return id
  }
  const listSeasons = async (title: string): Promise<number[]> =>
    (await MarkerDetection.find({ title }).lean()).map(({ season }) => season).sort()
  const findProblems = async (isFixing: boolean) =>
    (await runChecks(container, isFixing, () => undefined)).findings.filter(({ check }) =>
      check === 'marker-detections'
    )

  t.test('are removed by edits', async (t) => {
    const id = await addShowWithDetections()
    const url = `/v1/admin/shows/${id}`
    await admin.put(`${url}/seasons/1`, { episodes: [{ number: 1, title: 'Another' }] })
    t.strictSame(await listSeasons(id), [1, 2, 3], 'a season with other episodes keeps its detection')
    await admin.delete(`${url}/seasons/1`)
    t.strictSame(await listSeasons(id), [2, 3])
    await admin.delete(`${url}/seasons/2/episodes/1`)
    t.strictSame(await listSeasons(id), [3], 'the last episode of a season')
    await admin.patch(`${url}/seasons/3`, { number: 4 })
    t.strictSame(await listSeasons(id), [], 'another number')
    await addMarkerDetection({ titleId: id, season: 4 })
    await admin.delete(url)
    t.strictSame(await listSeasons(id), [])
  })

  t.test('are removed by imports', async (t) => {
    const id = await addShowWithDetections()
    const seasons = [{ number: 2, episodes: [{ number: 1, title: 'One' }] }]
    await importLines([{ kind: 'show', id, title: 'Fawlty Towers', seasons }])
    t.strictSame(await listSeasons(id), [1, 2, 3], 'a merge removes no season')
    await importLines([{ kind: 'show', id, title: 'Fawlty Towers', seasons }], '?mode=replace')
    t.strictSame(await listSeasons(id), [2])
    await admin.delete(`/v1/admin/shows/${id}`)
  })

  t.test('are found and removed by the doctor', async (t) => {
    const [kept, deleted] = [await addShowWithDetections(), await addShowWithDetections()]
    await addMarkerDetection({ titleId: kept, season: 9 })
    await Title.deleteOne({ _id: deleted })
    const found = await findProblems(false)
    t.strictSame(found.map(({ problem }) => problem).sort(), [
      `season 9 of show ${kept} has no episodes`,
      ...Array.from({ length: 3 }, () => `show ${deleted} does not exist`),
    ])
    t.ok(found.every(({ state }) => state === 'open'))
    t.ok((await findProblems(true)).every(({ state }) => state === 'fixed'))
    t.strictSame([await listSeasons(kept), await listSeasons(deleted)], [[1, 2, 3], []])
    t.strictSame(await findProblems(false), [])
  })
})
