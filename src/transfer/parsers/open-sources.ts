// Opens catalogue files for an import. Detects the format by the file name, IMDb datasets by their header, and gzip.
import { realpath, stat } from 'node:fs/promises'
import path from 'node:path'
import { NO_MAPPING, type ColumnMapping } from './column-mapping.js'
import { parseCsv } from './csv.js'
import { openFileBytes, type FileBytes } from './file-bytes.js'
import { detectImdbDataset, type ImdbDataset } from './imdb-rows.js'
import { parseImdb, type ImdbOptions } from './imdb.js'
import { parseJson } from './json.js'
import { parseNdjson } from './ndjson.js'
import { IMPORT_FORMATS, type ImportFormat, type SourceItems } from './source-items.js'

const PARSERS = {
  ndjson: (input: AsyncIterable<Buffer>) => parseNdjson(input),
  json: (input: AsyncIterable<Buffer>) => parseJson(input),
  csv: parseCsv,
} as const
/** Formats that are parsed from a single stream. */
export type TextFormat = keyof typeof PARSERS

/** A file to import, or the IMDb datasets, which are imported together. */
export interface ImportSource {
  readonly name: string
  /** Null for standard input, whose size is unknown. */
  readonly totalBytes: number | null
  /** Changes when a file changes; null if the source cannot be read twice. */
  readonly identity: string | null
  bytesRead(): number
  items(): SourceItems
}

export interface OpenOptions {
  /** Null: detect the format by the name of each file. */
  readonly format: ImportFormat | null
  readonly imdb: Pick<ImdbOptions, 'minVotes' | 'includeAdult'>
  /** The fields of CSV columns with other names. */
  readonly mapping?: ColumnMapping
}

/** How a CSV file is read. */
export interface CsvOptions {
  /** The encoding that a request states; null: it is detected. */
  readonly charset: string | null
  readonly mapping: ColumnMapping
}

const DEFAULT_CSV_OPTIONS: CsvOptions = { charset: null, mapping: NO_MAPPING }

const STANDARD_INPUT = '-'
const FORMATS_BY_EXTENSION: Readonly<Record<string, ImportFormat>> = {
  '.ndjson': 'ndjson',
  '.jsonl': 'ndjson',
  '.json': 'json',
  '.csv': 'csv',
  '.tsv': 'imdb',
}

export function parseItems (
  format: TextFormat,
  input: AsyncIterable<Buffer>,
  { charset, mapping }: CsvOptions = DEFAULT_CSV_OPTIONS,
): SourceItems {
  return PARSERS[format](input, charset, mapping)
}

/**
 * Opens files for an import; `-` is standard input.
 * @throws Error for a file that cannot be opened or has an unknown format, or if a mapping is for another than CSV
 */
export async function openSources (
  paths: readonly string[],
  { format, imdb, mapping = NO_MAPPING }: OpenOptions,
): Promise<ImportSource[]> {
  const files = paths.map((file) => ({
    file,
    format: format ?? (file === STANDARD_INPUT ? 'ndjson' : detectFormat(file)),
  }))
  const other = files.find((entry) => entry.format !== 'csv')
  if (mapping.size > 0 && other !== undefined) {
    throw new Error(`${other.file} is ${other.format}. A mapping is for the columns of CSV files.`)
  }
  const textSources = await Promise.all(
    files.filter((entry): entry is { file: string, format: TextFormat } => entry.format !== 'imdb')
      .map(async ({ file, format }) =>
        file === STANDARD_INPUT ? openStandardInput(format, mapping) : await openFile(file, format, mapping)
      ),
  )
  const datasetFiles = files.filter((entry) => entry.format === 'imdb').map(({ file }) => file)
  return datasetFiles.length === 0 ? textSources : [await openImdbDatasets(datasetFiles, imdb), ...textSources]
}

function detectFormat (file: string): ImportFormat {
  const extension = path.extname(file.replace(/\.gz$/i, '')).toLowerCase()
  const format = FORMATS_BY_EXTENSION[extension]
  if (format === undefined) {
    throw new Error(`${file} has an unknown file extension. Add --format: ${IMPORT_FORMATS.join(', ')}.`)
  }
  return format
}

async function openFile (file: string, format: TextFormat, mapping: ColumnMapping): Promise<ImportSource> {
  const { size } = await stat(file)
  let opened: FileBytes | null = null
  return {
    name: file,
    totalBytes: size,
    identity: await identifyFiles([file], describeReading(format, mapping)),
    bytesRead: () => opened?.bytesRead() ?? 0,
    async *items () {
      opened = await openFileBytes(file)
      yield* parseItems(format, opened.stream, { charset: null, mapping })
    },
  }
}

/** Opens title.basics (titles) with title.episode (numbers of episodes) and title.ratings (numbers of votes). */
async function openImdbDatasets (files: readonly string[], options: OpenOptions['imdb']): Promise<ImportSource> {
  const filesByDataset = await detectDatasets(files)
  const [basics, episodes, ratings] = (['basics', 'episodes', 'ratings'] as const)
    .map((dataset) => filesByDataset.get(dataset))
  if (basics === undefined) throw new Error("IMDb's title.basics is missing. The other datasets only complete it.")
  const opened: FileBytes[] = []
  const sizes = await Promise.all(files.map(async (file) => (await stat(file)).size))
  return {
    name: 'IMDb',
    totalBytes: sizes.reduce((sum, size) => sum + size, 0),
    identity: await identifyFiles([...files].sort(), JSON.stringify(options)),
    bytesRead: () => opened.reduce((sum, bytes) => sum + bytes.bytesRead(), 0),
    items: () =>
      parseImdb({
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

async function detectDatasets (files: readonly string[]): Promise<ReadonlyMap<ImdbDataset, string>> {
  const filesByDataset = new Map<ImdbDataset, string>()
  for (const file of files) {
    const dataset = await detectImdbDataset(file)
    if (dataset === null) {
      throw new Error(`${file} is none of IMDb's title.basics, title.episode and title.ratings: its header is unknown.`)
    }
    const other = filesByDataset.get(dataset)
    if (other !== undefined) throw new Error(`${other} and ${file} are both the IMDb dataset ${dataset}.`)
    filesByDataset.set(dataset, file)
  }
  return filesByDataset
}

/** An interrupted import resumes with the same format and mapping only. */
function describeReading (format: TextFormat, mapping: ColumnMapping): string {
  if (mapping.size === 0) return format
  const entries = [...mapping].map(([name, column]) => [name, column === 'ignored' ? null : column.name])
  return JSON.stringify([format, entries.sort()])
}

/** Derives an identity from the paths, sizes and modification times of files and the options for reading them. */
async function identifyFiles (files: readonly string[], options: string): Promise<string> {
  return JSON.stringify([
    options,
    ...await Promise.all(files.map(async (file) => {
      const { size, mtimeMs } = await stat(file)
      return [await realpath(file), size, mtimeMs]
    })),
  ])
}

function openStandardInput (format: TextFormat, mapping: ColumnMapping): ImportSource {
  let bytesRead = 0
  async function* countBytes (): AsyncGenerator<Buffer> {
    for await (const chunk of process.stdin as AsyncIterable<Buffer>) {
      bytesRead += chunk.length
      yield chunk
    }
  }
  const items = (): SourceItems => parseItems(format, countBytes(), { charset: null, mapping })
  return { name: 'standard input', totalBytes: null, identity: null, bytesRead: () => bytesRead, items }
}
