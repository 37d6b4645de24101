// Opening catalogue files, whatever they are: by their names and first bytes, packed with gzip or not.
import { createReadStream, type ReadStream } from 'node:fs'
import { open, realpath, stat } from 'node:fs/promises'
import path from 'node:path'
import { createGunzip } from 'node:zlib'
import { pipeline, type Readable } from 'node:stream'
import { readNdjson } from './read-ndjson.js'
import type { SourceItems } from './source.js'

export const FORMATS = ['ndjson', 'json', 'csv', 'imdb'] as const
export type Format = (typeof FORMATS)[number]

/** Something to import: a file, or several that only make sense together. */
export interface Source {
  readonly name: string
  /** Null when nobody knows before it ends. */
  readonly totalBytes: number | null
  /** What tells it from other sources, and from itself before it was changed; null when it cannot be read twice. */
  readonly identity: string | null
  bytesRead (): number
  items (): SourceItems
}

const STANDARD_INPUT = '-'
const GZIP_MAGIC = Buffer.from([0x1f, 0x8b])
const FORMAT_OF_EXTENSION: Readonly<Record<string, Format>> = { '.ndjson': 'ndjson', '.jsonl': 'ndjson', '.json': 'json', '.csv': 'csv', '.tsv': 'imdb' }

/** @throws Error for a file that cannot be opened, or of which nobody can tell what it is */
export async function openSources (paths: readonly string[], { format = null }: { readonly format?: Format | null } = {}): Promise<Source[]> {
  return await Promise.all(paths.map(async (one) => one === STANDARD_INPUT ? standardInput(format) : await openFile(one, format ?? formatOf(one))))
}

function formatOf (file: string): Format {
  const extension = path.extname(file.replace(/\.gz$/i, '')).toLowerCase()
  const format = FORMAT_OF_EXTENSION[extension]
  if (format === undefined) throw new Error(`${file}: its name does not tell what it is. Say it with --format: ${FORMATS.join(', ')}.`)
  return format
}

async function openFile (file: string, format: Format): Promise<Source> {
  const { size, mtimeMs } = await stat(file)
  const isPacked = await beginsWith(file, GZIP_MAGIC)
  let bytes: ReadStream | null = null
  return {
    name: file,
    totalBytes: size,
    identity: JSON.stringify([await realpath(file), size, mtimeMs, format]),
    bytesRead: () => bytes?.bytesRead ?? 0,
    items () {
      bytes = createReadStream(file, { highWaterMark: 256 * 1024 })
      return readerOf(format)(isPacked ? unpacked(bytes) : bytes)
    },
  }
}

function standardInput (format: Format | null): Source {
  let read = 0
  return {
    name: 'standard input',
    totalBytes: null,
    identity: null,
    bytesRead: () => read,
    items: () => readerOf(format ?? 'ndjson')(counted(process.stdin, (bytes) => { read += bytes })),
  }
}

async function * counted (input: AsyncIterable<Buffer>, onBytes: (bytes: number) => void): AsyncGenerator<Buffer> {
  for await (const chunk of input) {
    onBytes(chunk.length)
    yield chunk
  }
}

export function readerOf (format: Format): (input: AsyncIterable<Buffer>) => SourceItems {
  if (format === 'ndjson') return readNdjson
  throw new Error(`${format} cannot be read yet`)
}

/** An error on either side ends the other. */
function unpacked (bytes: Readable): Readable {
  return pipeline(bytes, createGunzip(), () => undefined)
}

async function beginsWith (file: string, magic: Buffer): Promise<boolean> {
  const handle = await open(file)
  try {
    const { buffer } = await handle.read(Buffer.alloc(magic.length), 0, magic.length, 0)
    return buffer.equals(magic)
  } finally {
    await handle.close()
  }
}
