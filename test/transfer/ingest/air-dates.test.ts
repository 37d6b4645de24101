// Names that state the air date of an episode instead of its number, and movies whose name is one letter.
import t from 'tap'
import type { CatalogueItem, CatalogueTitle } from '../../../src/catalogue/store/catalogue.js'
import { findItemOf } from '../../../src/transfer/ingest/match-item.js'
import { recogniseFile } from '../../../src/transfer/ingest/recognise-name.js'

const item = (id: string, airDate: string | null): CatalogueItem =>
  ({ id, season: 1, episode: Number(id), airDate }) as CatalogueItem
const items = [item('1', '2024-03-05'), item('2', '2024-03-06'), item('3', '2024-03-07'), item('4', '2024-03-07')]
const show = { kind: 'show', title: 'Daily Show', items } as unknown as CatalogueTitle

t.test('a date is the episode that was broadcast on it', async (t) => {
  for (
    const [file, status, id] of [
      ['Daily.Show.2024.03.05.mkv', 'found', '1'],
      ['Daily Show - 2024-03-06.mkv', 'found', '2'],
      ['Daily.Show.2024.03.06.Guest.Name.1080p.mkv', 'found', '2'],
      ['Daily Show/Season 1/Daily Show - 2024-03-07 - S01E01.mkv', 'found', '1'],
      ['Daily Show/Season 1/Daily Show - 2024-03-06.mkv', 'found', '2'],
      ['Daily Show - 2024-03-07.mkv', 'ambiguous', null],
      ['Daily Show - 2024-03-08.mkv', 'unmatched', null],
      ['Daily Show - 05.03.2024.mkv', 'unmatched', null],
      ['Daily Show - 03.06.24.mkv', 'unmatched', null],
    ] as const
  ) {
    const match = findItemOf(show, recogniseFile(file))
    t.equal(match.status, status, file)
    t.equal(match.status === 'found' ? match.item.id : null, id, file)
  }
  t.match(recogniseFile('Daily.Show.2024.03.05.mkv').names, [{ name: 'Daily Show', year: null }])
})

t.test('a year follows a name of one letter', async (t) => {
  for (const file of ['M.1931.mkv', 'M.1931.1080p.BluRay.mkv', 'M 1931.mkv']) {
    t.match(recogniseFile(file), { airDate: null, names: [{ name: 'M', year: 1931 }] }, file)
  }
})
