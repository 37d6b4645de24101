import fc from 'fast-check'
import t from 'tap'
import {
  SORTS,
  type Catalogue,
  type CatalogueTitle,
  type ChangeListener,
  type GenreGroup,
  type Sort,
} from '../../../src/catalogue/store/catalogue.js'
import { compareSortPositions, createSortedLists, sortKey } from '../../../src/catalogue/store/sorted-lists.js'

type ListedTitle = Pick<
  CatalogueTitle,
  'id' | 'sortTitle' | 'year' | 'releaseDate' | 'addedAt' | 'popularity' | 'genreKeys' | 'genreSlugs'
>

interface FakeCatalogue {
  readonly catalogue: Pick<Catalogue, 'titles' | 'findTitle' | 'canHaveFiles' | 'onChange'>
  put(title: ListedTitle): void
  remove(id: string): void
  addFile(id: string): void
  reloadAll(): void
}

function createFakeCatalogue (): FakeCatalogue {
  const titles = new Map<string, CatalogueTitle>()
  const withFiles = new Set<string>()
  const listeners: ChangeListener[] = []
  const notify: ChangeListener = (id, before) => {
    for (const listener of listeners) listener(id, before)
  }
  return {
    catalogue: {
      titles: () => titles.values(),
      findTitle: (id) => titles.get(id) ?? null,
      canHaveFiles: (id) => withFiles.has(id),
      onChange (listener) {
        listeners.push(listener)
        return () => undefined
      },
    },
    put (title) {
      const before = titles.get(title.id) ?? null
      titles.set(title.id, title as CatalogueTitle)
      notify(title.id, before)
    },
    remove (id) {
      const before = titles.get(id) ?? null
      titles.delete(id)
      notify(id, before)
    },
    addFile (id) {
      if (withFiles.has(id)) return
      withFiles.add(id)
      notify(id, titles.get(id) ?? null)
    },
    reloadAll: () => {
      notify(null, null)
    },
  }
}

/** The expected list, sorted from scratch. */
function sortAll (catalogue: Pick<Catalogue, 'titles'>, sort: Sort, group?: GenreGroup): CatalogueTitle[] {
  return [...catalogue.titles()].filter(({ genreKeys }) => group === undefined || genreKeys.includes(group.name))
    .sort((a, b) => compareSortPositions([sortKey(a, sort), a.id], [sortKey(b, sort), b.id]))
}

const areSame = (actual: readonly unknown[], expected: readonly unknown[]): boolean =>
  actual.length === expected.length && actual.every((one, i) => one === expected[i])

const genres = fc.subarray(['drama', 'comedy', 'western'])
const title = fc.record({
  id: fc.constantFrom(...Array.from({ length: 12 }, (_, i) => `id ${i}`)),
  sortTitle: fc.constantFrom('a', 'b', 'c'),
  year: fc.option(fc.integer({ min: 1990, max: 1992 })),
  releaseDate: fc.option(fc.constantFrom('1990-01-01', '1991-05-05')),
  addedAt: fc.integer({ min: 0, max: 3 }).map((ms) => new Date(ms)),
  popularity: fc.nat(3),
}).chain((rest) => genres.map((keys) => ({ ...rest, genreKeys: keys, genreSlugs: keys })))
type Step = { put: ListedTitle } | { remove: string } | { addFile: string } | 'read' | 'reload'
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: title.map((put) => ({ put })) },
  { weight: 2, arbitrary: fc.nat(11).map((i) => ({ remove: `id ${i}` })) },
  { weight: 2, arbitrary: fc.nat(11).map((i) => ({ addFile: `id ${i}` })) },
  { weight: 3, arbitrary: fc.constant('read' as const) },
  { weight: 1, arbitrary: fc.constant('reload' as const) },
)

t.test('after any changes, a sorted list equals a list that is sorted from scratch', async () => {
  fc.assert(fc.property(fc.array(title, { maxLength: 12 }), fc.array(step, { maxLength: 60 }), (first, steps) => {
    const { catalogue, put, remove, addFile, reloadAll } = createFakeCatalogue()
    for (const one of first) put(one)
    const lists = createSortedLists(catalogue)
    const areListsCorrect = (): boolean =>
      [undefined, 'drama', 'western', 'nothing'].every((name) => {
        const group = name === undefined ? undefined : { by: 'key', name } as const
        return SORTS.every((sort) => {
          const expected = sortAll(catalogue, sort, group)
          return areSame(lists.sortedTitles(sort, group), expected) &&
            areSame(lists.sortedTitlesWithFiles(sort, group), expected.filter(({ id }) => catalogue.canHaveFiles(id)))
        })
      })
    const areSizesCorrect = (): boolean =>
      ['drama', 'comedy', 'western'].every((name) =>
        (lists.genreGroupSizes('key').get(name) ?? 0) === sortAll(catalogue, 'title', { by: 'key', name }).length
      )
    return steps.every((one) => {
      if (one === 'read') return areListsCorrect() && areSizesCorrect()
      if (one === 'reload') reloadAll()
      else if ('put' in one) put(one.put)
      else if ('addFile' in one) addFile(one.addFile)
      else remove(one.remove)
      return true
    }) && areListsCorrect() && areSizesCorrect()
  }))
})

t.test('thousands of changes between two reads are all in the list', async (t) => {
  const { catalogue, put } = createFakeCatalogue()
  const lists = createSortedLists(catalogue)
  const titleOf = (i: number, popularity: number): ListedTitle => ({
    id: String(i).padStart(5, '0'),
    sortTitle: 'a',
    year: null,
    releaseDate: null,
    addedAt: new Date(0),
    popularity,
    genreKeys: [],
    genreSlugs: [],
  })
  for (let i = 0; i < 5_000; i++) put(titleOf(i, i))
  const before = lists.sortedTitles('popularity')
  for (let i = 0; i < 5_000; i++) put(titleOf(i, 5_000 - i))
  t.strictSame(
    lists.sortedTitles('popularity').map(({ id }) => id),
    sortAll(catalogue, 'popularity').map(({ id }) => id),
  )
  t.equal(before[0]?.popularity, 0, 'a list that was read before the changes stays the same')
})
