// Converts errors of the tus server, which responds in plain text, to domain errors.
import { DomainError } from '../../errors.js'

/** Errors of the library by HTTP status. */
const PROBLEMS: Readonly<Record<number, readonly [code: string, title: string, detail: string]>> = {
  404: ['not-found', 'Not found', 'There is no such upload.'],
  409: [
    'upload-offset-mismatch',
    'Offset mismatch',
    'The upload has another offset. Request it with HEAD and continue from there.',
  ],
  410: ['upload-expired', 'Upload expired', 'The upload received no bytes for 24 hours. Start a new one.'],
  413: [
    'upload-too-large',
    'Upload too large',
    'The body exceeds the announced size, or the file exceeds the maximum size of a media file.',
  ],
}

/** The protocol requires the supported versions in the response. */
export const versionMismatch = (): DomainError =>
  new DomainError(
    412,
    'tus-version-mismatch',
    'Protocol version mismatch',
    'Send "Tus-Resumable: 1.0.0".',
    {},
    { 'tus-version': '1.0.0' },
  )

/**
 * Converts an error response of the tus server.
 * @param cause the error behind the response, if known
 * @param text body of the response
 * @returns the error to throw
 */
export function toTusError (cause: unknown, status: number, text: string): unknown {
  // Errors with a status code are the library's own; all others come from the upload store.
  if (cause instanceof DomainError || (cause instanceof Error && !('status_code' in cause))) return cause
  if (status === 412) return versionMismatch()
  const problem = PROBLEMS[status]
  return problem === undefined
    ? new DomainError(
      400,
      'malformed-request',
      'Invalid request',
      `The request violates the tus protocol: ${text.trim()}.`,
    )
    : new DomainError(status, ...problem)
}
