// The log of one request, with its ID. Created at its first use: most requests only write the line of `request-log`.
import type { FastifyBaseLogger } from 'fastify'

type LogArguments = Parameters<FastifyBaseLogger['info']>

class RequestLog {
  readonly #parent: FastifyBaseLogger
  readonly #bindings: object
  #log: FastifyBaseLogger | null = null

  constructor (parent: FastifyBaseLogger, bindings: object) {
    this.#parent = parent
    this.#bindings = bindings
  }

  get #child (): FastifyBaseLogger {
    this.#log ??= this.#parent.child(this.#bindings)
    return this.#log
  }

  get level (): string {
    return this.#parent.level
  }

  set level (level: string) {
    this.#child.level = level
  }

  child (...options: Parameters<FastifyBaseLogger['child']>): FastifyBaseLogger {
    return this.#child.child(...options)
  }

  fatal (...line: LogArguments): void {
    this.#child.fatal(...line)
  }

  error (...line: LogArguments): void {
    this.#child.error(...line)
  }

  warn (...line: LogArguments): void {
    this.#child.warn(...line)
  }

  info (...line: LogArguments): void {
    this.#child.info(...line)
  }

  debug (...line: LogArguments): void {
    this.#child.debug(...line)
  }

  trace (...line: LogArguments): void {
    this.#child.trace(...line)
  }

  silent (...line: LogArguments): void {
    this.#child.silent(...line)
  }
}

/** Creates the log of a request; see `childLoggerFactory` of Fastify. */
export function createRequestLog (logger: FastifyBaseLogger, bindings: object): FastifyBaseLogger {
  return new RequestLog(logger, bindings) as unknown as FastifyBaseLogger
}
