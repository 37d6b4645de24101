// Errors of the token endpoint by OAuth 2.0 (RFC 6749 §5.2) and the device grant (RFC 8628 §3.5). All have the status
// 400; the problems plugin adds the field `error`, which OAuth clients read.
import { DomainError } from '../errors.js'

export const authorizationPending = (): DomainError =>
  new DomainError(
    400,
    'authorization-pending',
    'Approval pending',
    'The user has not approved the device yet. Poll again after the interval.',
  )

/** @param interval minimum time until the next poll, s */
export const slowDown = (interval: number): DomainError =>
  new DomainError(
    400,
    'slow-down',
    'Polling too fast',
    'The device polled before the interval had passed. Wait for the new interval before each poll.',
    { interval },
    { 'retry-after': String(interval) },
  )

export const expiredToken = (): DomainError =>
  new DomainError(400, 'expired-token', 'Code expired', 'The device code has expired. Request new codes.')

export const accessDenied = (): DomainError =>
  new DomainError(400, 'access-denied', 'Not approved', 'The user or the service rejected the log-in of the device.')

export const invalidGrant = (): DomainError =>
  new DomainError(
    400,
    'invalid-grant',
    'Invalid code or token',
    'The device code or refresh token is invalid, expired or already used. Log in again.',
  )
