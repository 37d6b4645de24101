// Opening catalogue files: detection of the format, of IMDb datasets and of gzip.
import { writeFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import t from 'tap'
import { openSources } from '../../../src/transfer/parsers/open-sources.js'
import { makeImdbFolder, writeSampleDatasets } from '../imdb-files.js'
import { collectItems } from './parse.js'

t.test('unknown files, duplicate IMDb datasets and a missing title.basics are rejected', async (t) => {
  const folder = makeImdbFolder(t)
  writeSampleDatasets(folder)
  const open = async (...files: string[]): Promise<unknown> => await openSources(files, { format: null, imdb: {} })
  writeFileSync(folder.filePath('title.principals.tsv'), 'tconst\tordering\tnconst\n')
  await t.rejects(open(folder.filePath('title.principals.tsv')), /none of IMDb's title.basics/)
  await t.rejects(open(folder.basics, folder.basics), /both the IMDb dataset basics/)
  await t.rejects(open(folder.ratings, folder.episodes), /title.basics is missing/)
  await t.rejects(open(folder.filePath('catalogue.xml')), /--format: ndjson, json, csv, imdb/)
})

t.test('a gzip file is decompressed whatever its name', async (t) => {
  const folder = makeImdbFolder(t)
  const file = folder.filePath('catalogue.ndjson')
  writeFileSync(file, gzipSync('{"kind":"movie","title":"A"}\n'))
  const [source] = await openSources([file], { format: null, imdb: {} })
  t.match(await collectItems(source!.items()), [{ line: 1, body: { title: 'A' } }])
  t.equal(source!.bytesRead(), source!.totalBytes)
})
