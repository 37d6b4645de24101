// The log as text for a developer: one line per request or warning. An error also has its stack.
import { createRequire } from 'node:module'
import type { DestinationStream } from 'pino'
import type pinoPretty from 'pino-pretty'

const ERROR_LEVEL = 50
/** Fields that are in the line already, or that only programs need. */
const OMITTED_FIELDS = new Set([
  'level',
  'time',
  'pid',
  'hostname',
  'reqId',
  'req',
  'res',
  'responseTime',
  'err',
  'msg',
])
/** Messages that repeat others: the start prints where it listens. */
const OMITTED_MESSAGES = /^Server listening at .*$/

interface LogLine extends Readonly<Record<string, unknown>> {
  readonly level?: number
  readonly msg?: string
  readonly req?: { readonly method?: string, readonly url?: string }
  readonly res?: { readonly statusCode?: number }
  readonly responseTime?: number
  readonly err?: { readonly type?: string, readonly message?: string, readonly stack?: string }
}

export function isOmittedMessage (message: unknown): boolean {
  return typeof message === 'string' && OMITTED_MESSAGES.test(message)
}

/** Returns the text of a log line after time and level. */
export function formatLogLine (line: LogLine): string {
  const { level = 0, msg = '', req, res, responseTime, err } = line
  if (req?.method !== undefined && responseTime !== undefined && err === undefined) {
    return `${req.method} ${req.url ?? ''} ${res?.statusCode ?? ''} ${
      responseTime.toFixed(responseTime < 10 ? 1 : 0)
    } ms`
  }
  const fields = Object.entries(line).filter(([name]) => !OMITTED_FIELDS.has(name))
    .map(([name, value]) => ` ${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
  return `${msg}${err === undefined ? '' : describeError(err, level)}${fields.join('')}`
}

function describeError ({ type = 'Error', message = '', stack }: NonNullable<LogLine['err']>, level: number): string {
  const firstLine = message.split('\n')[0] ?? ''
  return level >= ERROR_LEVEL && stack !== undefined ? `\n${stack}` : ` (${type}: ${firstLine})`
}

/**
 * @param destination number of the standard stream, or another stream
 * @returns a stream that formats JSON lines; null if pino-pretty, a package for development, is not installed
 */
export function openPrettyStream (destination: 1 | 2 | DestinationStream): DestinationStream | null {
  try {
    const createStream = createRequire(import.meta.url)('pino-pretty') as typeof pinoPretty
    return createStream({
      translateTime: 'HH:MM:ss',
      ignore: 'pid,hostname',
      hideObject: true,
      sync: true,
      colorize: typeof destination === 'number' && (destination === 1 ? process.stdout : process.stderr).isTTY,
      messageFormat: (line) => formatLogLine(line as LogLine),
      destination: destination as number,
    })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'MODULE_NOT_FOUND') return null
    throw error
  }
}
