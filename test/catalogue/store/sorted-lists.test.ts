import fc from 'fast-check'
import t from 'tap'
import {
  compareSortPositions,
  sortedLists,
  sortKey,
  SORTS,
  type GenreGroup,
  type Sort,
} from '../../../src/catalogue/store/sorted-lists.js'
import type { Catalogue, CatalogueTitle, ChangeListener } from '../../../src/catalogue/store/catalogue.js'

type Listed = Pick<
  CatalogueTitle,
  'id' | 'sortTitle' | 'year' | 'releaseDate' | 'addedAt' | 'popularity' | 'genreKeys' | 'genreSlugs'
>

/** A catalogue of which only what orders are made of is there. */
function createCatalogue (): {
  catalogue: Catalogue,
  put: (title: Listed) => void,
  drop: (id: string) => void,
  loadAgain: () => void,
} {
  const titles = new Map<string, CatalogueTitle>()
  const listeners: ChangeListener[] = []
  const tell = (id: string | null, before: CatalogueTitle | null): void => {
    for (const listener of listeners) listener(id, before)
  }
  return {
    catalogue: {
      titles: () => titles.values(),
      findTitle: (id: string) => titles.get(id) ?? null,
      onChange (listener: ChangeListener) {
        listeners.push(listener)
        return () => undefined
      },
    } as unknown as Catalogue,
    put (title) {
      const before = titles.get(title.id) ?? null
      titles.set(title.id, title as CatalogueTitle)
      tell(title.id, before)
    },
    drop (id) {
      const before = titles.get(id) ?? null
      titles.delete(id)
      tell(id, before)
    },
    loadAgain: () => {
      tell(null, null)
    },
  }
}

function sortedAnew (catalogue: Catalogue, sort: Sort, group?: GenreGroup): CatalogueTitle[] {
  return [...catalogue.titles()].filter(({ genreKeys }) => group === undefined || genreKeys.includes(group.name))
    .sort((a, b) => compareSortPositions([sortKey(a, sort), a.id], [sortKey(b, sort), b.id]))
}

const genres = fc.subarray(['drama', 'comedy', 'western'])
const title = fc.record({
  id: fc.constantFrom(...Array.from({ length: 12 }, (_, i) => `id ${i}`)),
  sortTitle: fc.constantFrom('a', 'b', 'c'),
  year: fc.option(fc.integer({ min: 1990, max: 1992 })),
  releaseDate: fc.option(fc.constantFrom('1990-01-01', '1991-05-05')),
  addedAt: fc.integer({ min: 0, max: 3 }).map((ms) => new Date(ms)),
  popularity: fc.nat(3),
}).chain((rest) => genres.map((keys) => ({ ...rest, genreKeys: keys, genreSlugs: keys })))
type Step = { put: Listed } | { drop: string } | 'read' | 'load'
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: title.map((put) => ({ put })) },
  { weight: 2, arbitrary: fc.nat(11).map((i) => ({ drop: `id ${i}` })) },
  { weight: 3, arbitrary: fc.constant('read' as const) },
  { weight: 1, arbitrary: fc.constant('load' as const) },
)

t.test('lists that were kept up with changes are as if they were sorted anew, whenever they are asked for', async () => {
  fc.assert(fc.property(fc.array(title, { maxLength: 12 }), fc.array(step, { maxLength: 60 }), (first, steps) => {
    const { catalogue, put, drop, loadAgain } = createCatalogue()
    for (const one of first) put(one)
    const orders = sortedLists(catalogue)
    const isRight = (): boolean =>
      [undefined, 'drama', 'western', 'nothing'].every((name) => {
        const group = name === undefined ? undefined : { by: 'key', name } as const
        return SORTS.every((sort) => {
          const [kept, anew] = [orders.sorted(sort, group), sortedAnew(catalogue, sort, group)]
          return kept.length === anew.length && kept.every((one, i) => one === anew[i])
        })
      })
    const isCounted = (): boolean =>
      ['drama', 'comedy', 'western'].every((name) =>
        (orders.groupSizes('key').get(name) ?? 0) === sortedAnew(catalogue, 'title', { by: 'key', name }).length
      )
    return steps.every((one) => {
      if (one === 'read') return isRight() && isCounted()
      if (one === 'load') loadAgain()
      else if ('put' in one) put(one.put)
      else drop(one.drop)
      return true
    }) && isRight() && isCounted()
  }))
})

t.test('thousands of changes between two looks are all in the list', async (t) => {
  const { catalogue, put } = createCatalogue()
  const make = (i: number, popularity: number): Listed => ({
    id: String(i).padStart(5, '0'),
    sortTitle: 'a',
    year: null,
    releaseDate: null,
    addedAt: new Date(0),
    popularity,
    genreKeys: [],
    genreSlugs: [],
  })
  for (let i = 0; i < 5_000; i++) put(make(i, i))
  const before = sortedLists(catalogue).sorted('popularity')
  for (let i = 0; i < 5_000; i++) put(make(i, 5_000 - i))
  t.strictSame(
    sortedLists(catalogue).sorted('popularity').map(({ id }) => id),
    sortedAnew(catalogue, 'popularity').map(({ id }) => id),
  )
  t.equal(before[0]?.popularity, 0, 'and whoever still reads the old list is not disturbed')
})
