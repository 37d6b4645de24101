// Opening catalogue files, whatever they are: by their names and first lines, packed with gzip or not.
import { realpath, stat } from 'node:fs/promises'
import path from 'node:path'
import { imdbKindOf, type ImdbKind } from './imdb-rows.js'
import { openBytes, type FileBytes } from './open-bytes.js'
import { readCsv } from './read-csv.js'
import { readImdb, type ImdbOptions } from './read-imdb.js'
import { readJson } from './read-json.js'
import { readNdjson } from './read-ndjson.js'
import type { SourceItems } from './source.js'

const READERS = { ndjson: readNdjson, json: readJson, csv: readCsv } as const
/** What is read from one stream. */
export type TextFormat = keyof typeof READERS
export const FORMATS = ['ndjson', 'json', 'csv', 'imdb'] as const
export type Format = (typeof FORMATS)[number]

/** Something to import: a file, or several that only make sense together. */
export interface Source {
  readonly name: string
  /** Null when nobody knows before it ends. */
  readonly totalBytes: number | null
  /** What tells it from other sources, and from itself before it was changed; null when it cannot be read twice. */
  readonly identity: string | null
  bytesRead(): number
  items(): SourceItems
}

export interface OpenOptions {
  /** Told by each file's name when null. */
  readonly format: Format | null
  readonly imdb: Pick<ImdbOptions, 'minVotes' | 'includeAdult'>
}

const STANDARD_INPUT = '-'
const FORMAT_OF_EXTENSION: Readonly<Record<string, Format>> = {
  '.ndjson': 'ndjson',
  '.jsonl': 'ndjson',
  '.json': 'json',
  '.csv': 'csv',
  '.tsv': 'imdb',
}

export function readText (format: TextFormat, input: AsyncIterable<Buffer>): SourceItems {
  return READERS[format](input)
}

/** @throws Error for a file that cannot be opened, or of which nobody can tell what it is */
export async function openSources (paths: readonly string[], { format, imdb }: OpenOptions): Promise<Source[]> {
  const told = paths.map((file) => ({ file, format: format ?? (file === STANDARD_INPUT ? 'ndjson' : formatOf(file)) }))
  const texts = await Promise.all(
    told.filter((one): one is { file: string, format: TextFormat } => one.format !== 'imdb')
      .map(async (one) =>
        one.file === STANDARD_INPUT ? standardInput(one.format) : await openFile(one.file, one.format)
      ),
  )
  const datasets = told.filter((one) => one.format === 'imdb').map(({ file }) => file)
  return datasets.length === 0 ? texts : [await openImdb(datasets, imdb), ...texts]
}

function formatOf (file: string): Format {
  const extension = path.extname(file.replace(/\.gz$/i, '')).toLowerCase()
  const format = FORMAT_OF_EXTENSION[extension]
  if (format === undefined) {
    throw new Error(`${file}: its name does not tell what it is. Say it with --format: ${FORMATS.join(', ')}.`)
  }
  return format
}

async function openFile (file: string, format: TextFormat): Promise<Source> {
  const { size } = await stat(file)
  let opened: FileBytes | null = null
  return {
    name: file,
    totalBytes: size,
    identity: await identityOf([file], format),
    bytesRead: () => opened?.bytesRead() ?? 0,
    async *items () {
      opened = await openBytes(file)
      yield* readText(format, opened.stream)
    },
  }
}

/** IMDb's files belong together: titles, which episode is part of what, how many people rated it. */
async function openImdb (files: readonly string[], options: OpenOptions['imdb']): Promise<Source> {
  const byKind = new Map<ImdbKind, string>()
  for (const file of files) {
    const kind = await imdbKindOf(file)
    if (kind === null) {
      throw new Error(
        `${file} is none of IMDb's title.basics, title.episode and title.ratings: its first line is another.`,
      )
    }
    const other = byKind.get(kind)
    if (other !== undefined) throw new Error(`${other} and ${file} are both IMDb's file of ${kind}.`)
    byKind.set(kind, file)
  }
  const [basics, episodes, ratings] = [byKind.get('basics'), byKind.get('episodes'), byKind.get('ratings')]
  if (basics === undefined) throw new Error("IMDb's title.basics is missing: the other files only add to it.")
  const opened: FileBytes[] = []
  const sizes = await Promise.all(files.map(async (file) => (await stat(file)).size))
  return {
    name: 'IMDb',
    totalBytes: sizes.reduce((sum, size) => sum + size, 0),
    identity: await identityOf([...files].sort(), JSON.stringify(options)),
    bytesRead: () => opened.reduce((sum, bytes) => sum + bytes.bytesRead(), 0),
    items: () =>
      readImdb({
        basics,
        ...(episodes === undefined ? {} : { episodes }),
        ...(ratings === undefined ? {} : { ratings }),
      }, {
        ...options,
        onOpen: (bytes) => {
          opened.push(bytes)
        },
      }),
  }
}

/** A file that was written again is another. */
async function identityOf (files: readonly string[], how: string): Promise<string> {
  return JSON.stringify([
    how,
    ...await Promise.all(files.map(async (file) => {
      const { size, mtimeMs } = await stat(file)
      return [await realpath(file), size, mtimeMs]
    })),
  ])
}

function standardInput (format: TextFormat): Source {
  let read = 0
  async function* counted (): AsyncGenerator<Buffer> {
    for await (const chunk of process.stdin as AsyncIterable<Buffer>) {
      read += chunk.length
      yield chunk
    }
  }
  const items = (): SourceItems => readText(format, counted())
  return { name: 'standard input', totalBytes: null, identity: null, bytesRead: () => read, items }
}
