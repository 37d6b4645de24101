// The structured log: JSON lines without secrets and personal data, or readable text on the terminal of a developer.
import { pino, type DestinationStream, type LoggerOptions } from 'pino'
import type { FastifyBaseLogger, FastifyRequest } from 'fastify'
import type { Config } from '../config.js'
import { REDACTED_PATHS, redactUrl } from './log-redaction.js'

/** @param destination receives the lines instead of standard output */
export function createLog (
  { env, logLevel }: Pick<Config, 'env' | 'logLevel'>,
  destination?: DestinationStream,
): FastifyBaseLogger {
  const options: LoggerOptions = {
    level: logLevel,
    redact: { paths: REDACTED_PATHS, censor: '[redacted]' },
    serializers: {
      req: (request: FastifyRequest) => ({ method: request.method, url: redactUrl(request.url) }),
    },
  }
  if (destination !== undefined) return pino(options, destination)
  if (env !== 'development' || !process.stdout.isTTY) return pino(options)
  return pino({
    ...options,
    transport: { target: 'pino-pretty', options: { translateTime: 'HH:MM:ss', ignore: 'pid,hostname' } },
  })
}
