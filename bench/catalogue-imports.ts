// The imports of the catalogue benchmark: the real movies, generated catalogues of each size, and changed titles.
import { rmSync, statSync } from 'node:fs'
import path from 'node:path'
import { loadDemoMovies } from '../src/demo/movies.js'
import type { NamedImport } from './catalogue-report.js'
import type { Cleanup } from './cleanup.js'
import { runStep } from './command.js'
import type { Environment } from './environment.js'
import { generateTitles, toNdjson, writeTitles } from './generated-titles.js'
import { runImport } from './import-command.js'
import type { Database } from './service.js'

const GB = 1e9
/** Number of titles that change during the measurement of requests. */
const CHANGED_TITLES = 30_000

export interface ImportedCatalogues {
  readonly runs: NamedImport[]
  /** Databases by number of titles. */
  readonly databases: ReadonlyMap<number, Database>
  /** A file with changed titles of the largest catalogue. */
  readonly changedFile: string
}

/** Imports the real movies and a generated catalogue of each size; the largest one twice. */
export async function importCatalogues (
  cleanup: Cleanup,
  environment: Environment,
  sizes: readonly number[],
  createDatabase: (name: string) => Promise<Database>,
): Promise<ImportedCatalogues> {
  const runs: NamedImport[] = []
  const writeFile = async (name: string, titles: Iterable<object>): Promise<string> => {
    const file = path.join(environment.dataDir, name)
    await runStep(`Write ${name}`, async () => {
      await writeTitles(file, titles)
    })
    return file
  }
  const runNamedImport = async (fields: ImportFields): Promise<void> => {
    runs.push(await runStep(`Import: ${fields.name}`, async () => await importFile(cleanup, environment, fields)))
  }
  const realMovies = loadDemoMovies().map(({ id: _, ...movie }) => movie)
  await runNamedImport({
    name: 'real movies',
    file: await writeFile('real.ndjson', realMovies),
    database: await createDatabase('real'),
    hasTarget: false,
  })
  const databases = new Map<number, Database>()
  const largest = Math.max(...sizes)
  for (const titles of sizes) {
    const database = await createDatabase(String(titles))
    databases.set(titles, database)
    const file = await writeFile(`${titles}.ndjson`, generateTitles(titles))
    await runNamedImport({ name: 'generated', file, database, hasTarget: titles === largest })
    if (titles === largest) await runNamedImport({ name: 'generated, again', file, database, hasTarget: true })
    rmSync(file)
  }
  const changedTitles = generateTitles(Math.min(largest, CHANGED_TITLES), { edition: 1 })
  return { runs, databases, changedFile: await writeFile('changed.ndjson', changedTitles) }
}

interface ImportFields {
  readonly name: string
  readonly file: string
  readonly database: Database
  readonly hasTarget: boolean
}

export async function importFile (
  cleanup: Cleanup,
  { dataDir }: Environment,
  { name, file, database, hasTarget }: ImportFields,
): Promise<NamedImport> {
  const bytes = statSync(file).size
  const run = await runImport(cleanup, { databaseUri: database.uri, dataDir, source: file })
  return { ...run, name, bytes, hasTarget }
}

/** Imports generated titles from standard input without writing. */
export async function importFromInput (
  cleanup: Cleanup,
  { database, dataDir }: Environment,
  gigabytes: number,
): Promise<NamedImport> {
  const bytes = gigabytes * GB
  const source = generateNdjson(bytes)
  const run = await runStep(
    `Import: ${gigabytes} GB, dry run`,
    async () => await runImport(cleanup, { databaseUri: database.uri, dataDir, source, isDryRun: true }),
  )
  return { ...run, name: 'standard input, dry run', bytes, hasTarget: false }
}

function* generateNdjson (bytes: number): Generator<string> {
  let written = 0
  for (const lines of toNdjson(generateTitles(Infinity))) {
    yield lines
    written += lines.length
    if (written >= bytes) return
  }
}
