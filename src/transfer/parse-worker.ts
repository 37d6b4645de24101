// Worker thread that parses and validates one import. It requests chunks and sends batches of lines in turn.
import { parentPort, workerData } from 'node:worker_threads'
import { ColumnMappingError, parseColumnMapping, type MappingProblem } from './parsers/column-mapping.js'
import { parseItems, type TextFormat } from './parsers/open-sources.js'
import { UnreadableSourceError } from './parsers/source-items.js'
import { validateItems, type ValidatedLine } from './validate-line.js'

export interface ParseWorkerData {
  readonly format: TextFormat
  /** Encoding that the request states for CSV. */
  readonly charset: string | null
  /** Entries of the column mapping of CSV. */
  readonly map: readonly string[]
}

/** What the thread sends. Each `pull` and each `lines` waits for one reply. */
export type ParseReply =
  | { readonly kind: 'pull' }
  | { readonly kind: 'lines', readonly lines: readonly ValidatedLine[] }
  | { readonly kind: 'end' }
  /** The source failed: the lines before were sent. */
  | { readonly kind: 'interrupted' }
  | { readonly kind: 'unreadable', readonly line: number, readonly message: string }
  | { readonly kind: 'unmappable', readonly code: MappingProblem, readonly message: string }

/** What the thread receives: a chunk, the end or the failure of the source, or the request for more lines. */
export type ParseRequest =
  | { readonly kind: 'chunk', readonly bytes: Uint8Array }
  | { readonly kind: 'end' | 'failed' | 'more' }

const BATCH_SIZE = 250
const MAX_BATCH_BYTES = 256 * 1024

class SourceFailedError extends Error {}

async function send (reply: ParseReply): Promise<ParseRequest> {
  return await new Promise((resolve) => {
    parentPort?.once('message', resolve)
    parentPort?.postMessage(reply)
  })
}

async function* readChunks (): AsyncGenerator<Buffer> {
  for (;;) {
    const request = await send({ kind: 'pull' })
    if (request.kind === 'failed') throw new SourceFailedError()
    if (request.kind !== 'chunk') return
    yield Buffer.from(request.bytes.buffer, request.bytes.byteOffset, request.bytes.byteLength)
  }
}

async function parse (): Promise<ParseReply> {
  const { format, charset, map } = workerData as ParseWorkerData
  let lines: ValidatedLine[] = []
  let bytes = 0
  async function flush (): Promise<void> {
    if (lines.length > 0) await send({ kind: 'lines', lines })
    lines = []
    bytes = 0
  }
  try {
    const options = { charset, mapping: parseColumnMapping(map) }
    for await (const line of validateItems(parseItems(format, readChunks(), options))) {
      lines.push(line)
      bytes += 'bytes' in line ? line.bytes ?? 0 : 0
      if (lines.length >= BATCH_SIZE || bytes >= MAX_BATCH_BYTES) await flush()
    }
    await flush()
    return { kind: 'end' }
  } catch (error) {
    await flush()
    if (error instanceof SourceFailedError) return { kind: 'interrupted' }
    if (error instanceof ColumnMappingError) return { kind: 'unmappable', code: error.code, message: error.message }
    if (!(error instanceof UnreadableSourceError)) throw error
    return { kind: 'unreadable', line: error.line, message: error.message }
  }
}

parentPort?.postMessage(await parse())
