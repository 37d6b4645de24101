// The structured log, without secrets and personal data: JSON lines, or text for the terminal of a developer.
import { pino, type DestinationStream, type LoggerOptions } from 'pino'
import type { FastifyBaseLogger, FastifyRequest } from 'fastify'
import type { Config } from '../config.js'
import { isOmittedMessage, openPrettyStream } from './log-format.js'
import { openLogStream } from './log-stream.js'
import { REDACTED_PATHS, redactUrl } from './log-redaction.js'

const describeRequest = ({ method, url }: FastifyRequest) => ({ method, url: redactUrl(url) })

/** @param destination receives the lines: 1 for standard output, 2 for standard error, or a stream */
export function createLog (
  { logFormat, logLevel }: Pick<Config, 'logFormat' | 'logLevel'>,
  destination: 1 | 2 | DestinationStream = 1,
): FastifyBaseLogger {
  const options: LoggerOptions = {
    level: logLevel,
    redact: { paths: REDACTED_PATHS, censor: '[redacted]' },
    serializers: { req: describeRequest },
  }
  const prettyStream = logFormat === 'pretty' ? openPrettyStream(destination) : null
  if (prettyStream !== null) return pino(withTextForPeople(options), prettyStream)
  if (logFormat === 'pretty') {
    process.stderr.write('The log is written as JSON: the package pino-pretty is not installed; npm ci installs it.\n')
  }
  return pino(options, typeof destination === 'number' ? openLogStream(destination) : destination)
}

function withTextForPeople (options: LoggerOptions): LoggerOptions {
  return {
    ...options,
    hooks: {
      logMethod (args, method) {
        if (!isOmittedMessage(args[0]) && !isOmittedMessage(args[1])) method.apply(this, args)
      },
    },
  }
}
