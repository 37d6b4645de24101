// Imports of titles without external IDs: which names belong to the same title.
import mongoose from 'mongoose'
import t from 'tap'
import { derivedId } from '../../models/upsert.js'
import { Collection } from '../../models/collection.js'
import { Title } from '../../models/title.js'
import { startImportClient } from './import-client.js'

/** Names that differ only in marks. */
const PAIRS = [
  ['दिल', 'दल'],
  ['कल', 'काला'],
  ['কাল', 'কল'],
  ['কলা', 'কালা'],
  ['கலை', 'கல்'],
  ['កា', 'កិ'],
  ['มา', 'ม้า'],
  ['かき', 'がき'],
  ['ハハ', 'パパ'],
  ['Ano', 'Año'],
  ['Hal', 'Hål'],
  ['Все', 'Всё'],
] as const

t.test('imported names', { timeout: 120_000 }, async (t) => {
  const { kim, importLines, exportLines, clear } = await startImportClient(t)
  const movie = (title: string, fields: object = {}): object => ({ kind: 'movie', title, year: 1950, ...fields })
  const names = PAIRS.flat()

  t.test('that differ in marks are different movies, shows and collections', async (t) => {
    for (const kind of ['movie', 'show', 'collection']) {
      const lines = names.map((title) => ({ kind, title }))
      t.match((await importLines(lines)).body, { created: names.length, refusedCount: 0 }, kind)
      t.match((await importLines(lines)).body, { unchanged: names.length, updated: 0 }, `${kind}, repeated`)
      t.match((await importLines([...lines].reverse(), '?mode=replace')).body, { unchanged: names.length })
    }
    t.strictSame(new Set((await exportLines()).map(({ title }) => title)), new Set(names))
    await clear()
  })

  t.test('that differ in case, width or normalisation are the same movie', async (t) => {
    t.match((await importLines([movie('Año'), movie('ガンダム')])).body, { created: 2 })
    const same = ['AÑO', 'An\u0303o', 'Ａño', ' Año ', 'ｶﾞﾝﾀﾞﾑ'].map((title) => movie(title))
    t.match((await importLines(same)).body, { created: 0, refusedCount: 0 })
    await clear()
  })

  t.test('match the titles and collections of earlier versions, which ignored marks', async (t) => {
    const oldId = (kind: string, folded: string, year: string): mongoose.Types.ObjectId =>
      derivedId(`normflix-import:${kind}:${folded}:${year}`)
    await importLines([
      movie('Año', { id: oldId('movie', 'ano', '1950').toString() }),
      movie('दल', { id: oldId('movie', 'दल', '1950').toString() }),
      movie('Alien (director’s cut)', { id: oldId('movie', 'alien', '1950').toString() }),
      { kind: 'collection', title: 'Año', id: oldId('collection', 'ano', '').toString() },
    ])
    t.match((await importLines([movie('Año'), movie('दल')])).body, { unchanged: 2 })
    t.match((await importLines([movie('Alien')])).body, { created: 0, updated: 1 }, 'a renamed title')
    t.match((await importLines([movie('Ano'), movie('दिल')])).body, { created: 2 }, 'titles with other marks')
    t.match((await importLines(['Año', 'Ano'].map((title) => ({ kind: 'collection', title })))).body, {
      created: 1,
      unchanged: 1,
    })
    t.match((await importLines([movie('Ano'), movie('Año')])).body, { unchanged: 2 })
    t.equal(await Title.countDocuments(), 5)
    t.equal(await Collection.countDocuments(), 2)
    await clear()
  })

  t.test('that differ in marks are different people and genres', async (t) => {
    const pairs = [['राम', 'रमा'], ['ハハ', 'パパ'], ['Ana', 'Aña']] as const
    const lines = pairs.flat().map((name, i) => movie(`Movie ${i}`, { cast: [{ name }], genres: [name] }))
    await importLines(lines)
    for (const [a, b] of pairs) {
      for (const name of [a, b]) {
        const { body } = await kim.get(`/v1/titles?genre=${encodeURIComponent(name)}`)
        t.equal(body.items.length, 1, `genre ${name}`)
      }
      const idOf = async (title: string): Promise<string> => {
        const { id } = (await exportLines()).find((line) => line.title === title)
        return (await kim.get(`/v1/movies/${id}`)).body.credits.cast[0].personId
      }
      const [i, j] = [a, b].map((name) => pairs.flat().indexOf(name)) as [number, number]
      t.not(await idOf(`Movie ${i}`), await idOf(`Movie ${j}`), `${a} and ${b}`)
    }
    t.equal((await kim.get('/v1/genres')).body.items.length, 6)
    t.equal((await kim.get('/v1/titles/facets')).body.genres.length, 6)
    t.equal((await kim.get('/v1/people?q=ana')).body.items.length, 2, 'search ignores accents')
  })
})
