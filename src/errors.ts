// Domain errors: what the service refuses, each with a stable code. Only the problems plugin turns them into replies.

/** One member of the body, query or path that was refused. */
export interface FieldError {
  pointer: string
  message: string
}

/**
 * A refusal that a client can understand.
 * `extensions` become members of the problem document, `headers` of the reply.
 */
export class DomainError extends Error {
  constructor (
    readonly status: number,
    readonly code: string,
    readonly title: string,
    readonly detail: string,
    readonly extensions: Readonly<Record<string, unknown>> = {},
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(`${code}: ${detail}`)
    this.name = 'DomainError'
  }
}

/** Throws; lets a lookup read as `find(…) ?? fail(…)`. */
export function fail (error: Error): never {
  throw error
}

export const unauthorized = (detail = 'Sign in and send the access token as "Authorization: Bearer …".'): DomainError =>
  new DomainError(401, 'unauthorized', 'Not signed in', detail, {}, { 'www-authenticate': 'Bearer realm="normflix"' })

export const forbidden = (detail = 'This needs a role that the account does not have.'): DomainError =>
  new DomainError(403, 'forbidden', 'Not allowed', detail)

/** Whatever is missing, belongs to somebody else, or is hidden from this profile: one answer for all. */
export const notFound = (what: string): DomainError =>
  new DomainError(404, 'not-found', 'Not found', `There is no such ${what}, or it is not yours to see.`)

export const validationFailed = (errors: FieldError[], detail = 'The request does not fit the API description.'): DomainError =>
  new DomainError(400, 'validation-failed', 'Invalid request', detail, { errors })

/** What is wrong with a part of a body, told by its place in the whole. */
export function prefixPointers<T> (pointer: string, read: () => T): T {
  try {
    return read()
  } catch (error) {
    const errors = error instanceof DomainError ? error.extensions['errors'] as FieldError[] | undefined : undefined
    throw errors === undefined ? error : validationFailed(errors.map((one) => ({ ...one, pointer: `${pointer}${one.pointer}` })))
  }
}

export const badRequest = (code: string, detail: string): DomainError =>
  new DomainError(400, code, 'Invalid request', detail)

export const conflict = (
  code: string,
  title: string,
  detail: string,
  extensions: Record<string, unknown> = {},
): DomainError => new DomainError(409, code, title, detail, extensions)

/** Kept with all it holds, but without a place on the plan. */
export const profileLocked = (): DomainError =>
  conflict(
    'profile-locked',
    'Profile locked',
    'This plan has no place for this profile. A larger plan unlocks it with all it holds.',
  )

export const preconditionFailed = (): DomainError =>
  new DomainError(
    412,
    'precondition-failed',
    'Changed meanwhile',
    'It is not the version that If-Match names. Read it again and repeat.',
  )

export const unavailable = (code: string, detail: string, retryAfterSeconds: number): DomainError =>
  new DomainError(503, code, 'Service unavailable', detail, {}, { 'retry-after': String(retryAfterSeconds) })

/** A store of media files that is not on this machine does not answer, or not as it should; the cause is for the log. */
export const storageUnavailable = (cause?: unknown): DomainError =>
  Object.assign(
    unavailable('storage-unavailable', 'The store of media files cannot be reached. Try again in a moment.', 5),
    { cause },
  )
