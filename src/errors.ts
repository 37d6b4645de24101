// Domain errors: each has a stable code that clients can rely on. The problems plugin sends them.

/** What is wrong with a field, for programs. */
export const FIELD_ERROR_CODES = [
  'required',
  'unknown-field',
  'wrong-type',
  'too-short',
  'too-long',
  'too-small',
  'too-large',
  'too-few',
  'too-many',
  'duplicate',
  'invalid-format',
  'unknown-value',
  'common-password',
  'personal-password',
  'invalid',
] as const
export type FieldErrorCode = typeof FIELD_ERROR_CODES[number]

/** Error of one field in the body, the query or the path. */
export interface FieldError {
  /** JSON Pointer (RFC 6901). */
  pointer: string
  /** Continues the name of the field: "is required". */
  message: string
  /** `invalid` by default. */
  code?: FieldErrorCode
  /** The limit that the value exceeds: characters, elements, or a number. */
  limit?: number
  /** Rejected value of an import, shortened. */
  value?: string
}

export type CodedFieldError = FieldError & { code: FieldErrorCode }

/** An error that clients can understand. */
export class DomainError extends Error {
  /**
   * @param status HTTP status code
   * @param extensions further fields of the problem document
   * @param headers further response headers
   */
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

/** Throws an error in an expression: `find(…) ?? fail(…)`. */
export function fail (error: Error): never {
  throw error
}

export const unauthorized = (detail = 'Log in and send the access token as "Authorization: Bearer …".'): DomainError =>
  new DomainError(401, 'unauthorized', 'Not logged in', detail, {}, { 'www-authenticate': 'Bearer realm="normflix"' })

export const forbidden = (detail = 'The account does not have the required role.'): DomainError =>
  new DomainError(403, 'forbidden', 'Not allowed', detail)

/** The operation has no scope. */
export const tokenNotAccepted = (): DomainError =>
  new DomainError(
    403,
    'token-not-accepted',
    'API token not accepted',
    'This operation accepts no API tokens. Log in and send the access token of the session.',
  )

/** @param requiredScope that the API token lacks */
export const insufficientScope = (requiredScope: string): DomainError =>
  new DomainError(
    403,
    'insufficient-scope',
    'Scope missing',
    `The API token needs the scope ${requiredScope}. Create a token with it.`,
    { requiredScope },
    { 'www-authenticate': `Bearer realm="normflix", error="insufficient_scope", scope="${requiredScope}"` },
  )

/** One error for what does not exist, belongs to another account or exceeds the maturity limits of the profile. */
export const notFound = (resource: string): DomainError =>
  new DomainError(404, 'not-found', 'Not found', `There is no such ${resource}, or you do not have access to it.`)

export const routeNotFound = (): DomainError =>
  new DomainError(404, 'not-found', 'Not found', 'There is no resource at this URL.')

/** Errors without a code of their own are only described by their text. */
const withCode = ({ pointer, message, code = 'invalid', ...rest }: FieldError): CodedFieldError => ({
  pointer,
  code,
  message,
  ...rest,
})

export const validationFailed = (
  errors: FieldError[],
  detail = 'The request does not match the API description.',
): DomainError => new DomainError(400, 'validation-failed', 'Invalid request', detail, { errors: errors.map(withCode) })

/**
 * Validates a part of a body, and prefixes the pointers of its field errors with the pointer of the part.
 * @throws DomainError the error of `validate`
 */
export function prefixPointers<T> (pointer: string, validate: () => T): T {
  try {
    return validate()
  } catch (error) {
    const errors = error instanceof DomainError ? error.extensions['errors'] as FieldError[] | undefined : undefined
    if (errors === undefined) throw error
    throw validationFailed(errors.map((one) => ({ ...one, pointer: `${pointer}${one.pointer}` })))
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

/** An account token does not open a profile with a PIN. */
export const profileTokenRequired = (): DomainError =>
  forbidden('This profile has a PIN. Select the profile with its PIN and use the profile token.')

/** The token is from before the PIN of its profile was set or changed. */
export const pinChanged = (): DomainError =>
  unauthorized('The PIN of the profile was set or changed. Select the profile again, with its PIN.')

/** The profile exceeds the limit of the plan. Its data remains stored. */
export const profileLocked = (): DomainError =>
  conflict(
    'profile-locked',
    'Profile locked',
    'The plan does not include this profile. A larger plan unlocks it with all its data.',
  )

export const preconditionFailed = (): DomainError =>
  new DomainError(
    412,
    'precondition-failed',
    'Edit conflict',
    'The resource is no longer at the version in If-Match. Read it again and repeat the change.',
  )

export const unavailable = (code: string, detail: string, retryAfterSeconds: number): DomainError =>
  new DomainError(503, code, 'Service unavailable', detail, {}, { 'retry-after': String(retryAfterSeconds) })

export const databaseUnavailable = (): DomainError =>
  unavailable('database-unavailable', 'The database is unavailable. Retry in a moment.', 2)

/** No space is left where files are written. Not a 4xx: the client need not change its request. */
export const storageFull = (): DomainError =>
  new DomainError(
    507,
    'storage-full',
    'Storage full',
    'The storage of the service is full. Nothing was stored; an administrator has to make space.',
  )

/** Whether writing failed because the disk or its quota is full. */
export function isStorageFull (error: unknown): boolean {
  return error instanceof Error && 'code' in error && ['ENOSPC', 'EDQUOT'].includes(String(error.code))
}

/**
 * The media storage does not respond, or responds with an error.
 * @param cause appears in the log only
 */
export const storageUnavailable = (cause?: unknown): DomainError =>
  Object.assign(
    unavailable('storage-unavailable', 'The media storage is unavailable. Retry in a moment.', 5),
    { cause },
  )
