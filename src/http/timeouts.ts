// Limits of HTTP requests and connections.

/** Maximum length of a parameter in a path. */
export const MAX_PARAM_LENGTH = 100

export interface HttpTimeouts {
  /** How long the headers of a request may take. */
  readonly headersMs: number
  /** How often the time limit of headers is checked. */
  readonly headersCheckMs: number
  /** How long a request body may take, except on routes with `slowBody`. */
  readonly bodyMs: number
  /** How long the rest of a body is read after the response; then the connection is closed. */
  readonly drainMs: number
  /** How long an idle connection stays open. */
  readonly keepAliveMs: number
  /** A request that waits for an unavailable database gets its response after this time. */
  readonly databaseMs: number
}

export const HTTP_TIMEOUTS: HttpTimeouts = {
  headersMs: 15_000,
  headersCheckMs: 5_000,
  bodyMs: 30_000,
  drainMs: 2_000,
  keepAliveMs: 72_000,
  databaseMs: 2_500,
}
