// Exporting a history as JSON and CSV.
import { parse } from 'csv-parse/sync'
import { once } from 'node:events'
import { request as httpRequest } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import mongoose, { Types } from 'mongoose'
import t from 'tap'
import { Play, derivePlayId, type StoredPlay } from '../../models/play.js'
import { UNRESTRICTED_SCOPE } from '../../src/domain/maturity.js'
import { exportHistoryAsCsv, exportHistoryAsJson } from '../../src/watching/history/export-history.js'
import { containerOf } from '../support/app.js'
import { addMovie } from '../support/catalogue.js'
import { play, watch } from '../support/playback.js'
import { expectProblem } from '../support/requests.js'
import { signUp } from '../support/users.js'
import { exportHistory, exportUrl, importJson, startTransferApp } from './history-transfer-app.js'

t.test('exporting a history', async (t) => {
  const { app, clock, admin, show, movie, signUpWithHistory } = await startTransferApp(t)
  const formula = await addMovie(app, admin, {
    title: '=HYPERLINK("http://evil.example","x")',
    releaseDate: '2001-01-01',
  })

  t.test('returns all plays as JSON, with the live stream', async (t) => {
    const kim = await signUpWithHistory()
    const { streamId } = (await play(kim, movie)).body
    clock.advance(5_000)
    await kim.put(`/v1/profiles/${kim.profileId}/playback/${streamId}`, {
      positionMs: 40_000,
      watchedMs: 5_433,
      at: clock.now().toISOString(),
    })
    const response = await kim.get(exportUrl(kim.profileId))
    t.equal(response.status, 200)
    t.match(response.headers['content-type'], /^application\/json/)
    t.match(response.headers['content-disposition'], /^attachment; filename="normflix-history-\d{4}-\d\d-\d\d\.json"$/)
    t.match(response.body, { format: 'normflix-history', version: 1, exportedAt: String })
    t.equal(response.body.plays.length, 6)
    t.match(response.body.plays[0], {
      title: { id: movie, title: 'The Matrix', kind: 'movie', year: 1999, externalIds: { imdb: 'tt0133093' } },
      item: { id: movie, season: null, episode: null },
      positionMs: 40_000,
      watchedMs: 5_433,
      finished: false,
    })
    t.match(response.body.plays.at(-1), {
      title: { title: 'Fawlty Towers', kind: 'show' },
      item: { season: 2, episode: 1, title: 'Communication Problems' },
      lastWatchedAt: '2020-02-03T04:05:06.789Z',
      watchedMs: null,
      eventId: 'tie',
    })
    t.strictSame(
      (await importJson(kim, response.body)).body.unchanged,
      6,
      'an import of the own export changes nothing',
    )
  })

  t.test('returns a CSV file for spreadsheets', async (t) => {
    const kim = await signUpWithHistory()
    await watch(kim, clock, formula, 3_661, 3_661)
    const response = await kim.get(exportUrl(kim.profileId, '?format=csv'))
    t.equal(response.headers['content-type'], 'text/csv; charset=utf-8')
    t.match(response.headers['content-disposition'], /\.csv"$/)
    const [header, ...rows] = parse(response.bytes) as string[][]
    t.strictSame(header, [
      'Date',
      'Title',
      'Season',
      'Episode',
      'Episode title',
      'Started',
      'Stopped',
      'Position',
      'Watched',
      'Duration',
      'Finished',
    ])
    t.equal(rows.length, 6)
    t.match(rows[0], [
      /^\d{4}-\d\d-\d\d$/,
      '\'=HYPERLINK("http://evil.example","x")',
      '',
      '',
      '',
      String,
      String,
      '0:00:03',
      '0:00:03',
      '0:01:00',
      'no',
    ])
    t.match(rows.at(-1), [
      '2020-02-03',
      'Fawlty Towers',
      '2',
      '1',
      'Communication Problems',
      String,
      '2020-02-03T04:05:06.789Z',
      '0:00:20',
      '0:00:00',
      '0:01:00',
      'no',
    ])
    t.equal(rows.filter((row) => row[10] === 'yes').length, 2)
    const newcomer = await signUp(app)
    t.equal(
      String((await newcomer.get(exportUrl(newcomer.profileId, '?format=csv'))).bytes).trim().split('\n').length,
      1,
      'an empty history has its header',
    )
    t.strictSame((await exportHistory(newcomer)).plays, [])
    expectProblem(t, await kim.get(exportUrl(kim.profileId, '?format=xml')), 'validation-failed', 400)
  })

  t.test('streams thousands of plays, which an import restores', async (t) => {
    const kim = await signUp(app)
    const items = [movie, ...show.episodes]
    const base = Date.parse('2015-01-01T00:00:00Z')
    const numbers = new Map(show.episodes.map((id, i) => [id, { season: Math.floor(i / 2) + 1, episode: i % 2 + 1 }]))
    const rows: StoredPlay[] = Array.from({ length: 2_000 }, (_, i) => {
      const item = items[i % items.length]!
      // Seven plays share each moment, so that pages end between plays of the same moment.
      const at = new Date(base + Math.floor(i / 7) * 3_600_000 * 31)
      return {
        _id: derivePlayId(kim.profileId, `play ${i}`),
        account: new Types.ObjectId(kim.accountId),
        profile: new Types.ObjectId(kim.profileId),
        title: new Types.ObjectId(item === movie ? movie : show.id),
        item: new Types.ObjectId(item),
        season: numbers.get(item)?.season ?? null,
        episode: numbers.get(item)?.episode ?? null,
        titleName: item === movie ? 'The Matrix' : 'Fawlty Towers',
        itemName: null,
        mediaFile: null,
        kind: 'play',
        startedAt: at,
        startPositionMs: 0,
        at,
        eventId: '',
        positionMs: i,
        durationMs: 60_000,
        furthestMs: i,
        watchedMs: i,
        reachedEndAt: null,
        reachedEndWatchedMs: null,
        watched: null,
        isPlayed: true,
        removedAt: null,
      }
    })
    await Play.insertMany(rows)
    const file = await exportHistory(kim)
    t.equal(new Set(file.plays.map(({ id }: { id: string }) => id)).size, 2_000)
    const times = file.plays.map(({ lastWatchedAt }: { lastWatchedAt: string }) => lastWatchedAt)
    t.strictSame(times, [...times].sort().reverse(), 'newest first')
    t.equal((parse((await kim.get(exportUrl(kim.profileId, '?format=csv'))).bytes) as string[][]).length, 2_001)

    const lee = await signUp(app)
    const startedAt = performance.now()
    const report = (await importJson(lee, file)).body
    t.comment(`2,000 plays in ${Math.round(performance.now() - startedAt)} ms`)
    t.match(report, { total: 2_000, imported: 2_000, truncated: true, lines: { length: 1_000 } })
    t.strictSame((await exportHistory(lee)).plays.length, 2_000, 'also plays of the same moment')
    t.match((await importJson(lee, file)).body, { imported: 0, unchanged: 2_000 })

    t.test('reads no further than the client', async (t) => {
      const { watching } = containerOf(app)
      const ref = { account: kim.accountId, profile: kim.profileId }
      for (
        const open of [
          () => exportHistoryAsJson(watching, ref, UNRESTRICTED_SCOPE),
          () => exportHistoryAsCsv(watching, ref),
        ]
      ) {
        let reads = 0
        mongoose.set('debug', (collection: string, method: string) => {
          if (collection === 'plays' && method === 'find') reads++
        })
        t.ok((await buffer(open())).length > 100_000)
        const all = reads
        reads = 0
        const file = open()
        await once(file, 'readable')
        t.ok(file.read().length > 0)
        file.destroy()
        // A later command is executed after all reads that were sent before.
        await Play.countDocuments({ profile: kim.profileId })
        mongoose.set('debug', false)
        t.ok(file.destroyed)
        t.ok(reads > 0 && reads < all, `${reads} of ${all} reads`)
      }
    })

    t.test('survives a client that disconnects', async (t) => {
      await app.listen({ port: 0, host: '127.0.0.1' })
      const { port } = app.server.address() as AddressInfo
      for (const format of ['json', 'csv']) {
        await new Promise<void>((resolve, reject) => {
          const request = httpRequest({
            port,
            host: '127.0.0.1',
            path: exportUrl(kim.profileId, `?format=${format}`),
            headers: { authorization: `Bearer ${kim.token}` },
          }, (response) => {
            response.once('data', () => {
              request.destroy()
            })
            response.once('close', resolve)
            response.once('error', () => undefined)
          })
          request.once('error', reject)
          request.end()
        })
        t.equal((await kim.get(exportUrl(kim.profileId, `?format=${format}`))).status, 200, 'the next export succeeds')
      }
    })
  })
})
