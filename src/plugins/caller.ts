// The caller of a request, as the plugin of authentication found it, and what the caller may see.
import type { FastifyRequest } from 'fastify'
import type { AccountAccess, CachedAccount, ProfileAccess } from '../accounts/access.js'
import type { ApiScope } from '../domain/api-scopes.js'
import { UNRESTRICTED_SCOPE, type MaturityScope } from '../domain/maturity.js'
import type { PlanLimits } from '../domain/plans.js'
import type { Role } from '../domain/vocabulary.js'
import { unauthorized } from '../errors.js'
import type { ProfileRef } from '../watching/deps.js'

/** Highest limits: a service account plays nothing, and sees the catalogue as the staff does. */
const SERVICE_ACCOUNT_LIMITS: PlanLimits = { maxProfiles: 0, maxStreams: 0, maxHeight: Number.MAX_SAFE_INTEGER }

/** The signed-in caller of a request. */
export interface AuthenticatedCaller {
  /** ID of the account, or of the service account. */
  readonly accountId: string
  /** ID of the session, or of the API token. */
  readonly sessionId: string
  readonly role: Role
  /** The profile that the token is bound to; null for an account token. */
  readonly boundProfileId: string | null
  /** `pinVersion` of that profile when the token was issued. */
  readonly pinVersion: number
  /** What the API token may do; null for a session. */
  readonly scopes: readonly ApiScope[] | null
  readonly isServiceAccount: boolean
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Null on `public` and `signed-url` routes. */
    caller: AuthenticatedCaller | null
    /** Null except on `profile` routes. */
    profileAccess: ProfileAccess | null
  }
}

function rejectCaller (): never {
  throw unauthorized()
}

/** The caller of a route that is not public. @throws DomainError 401 on a public route */
export function callerOf (request: FastifyRequest): AuthenticatedCaller {
  return request.caller ?? rejectCaller()
}

/** The profile of a `profile` route. @throws DomainError 401 on another route */
export function profileOf (request: FastifyRequest): ProfileAccess {
  return request.profileAccess ?? rejectCaller()
}

/** The account and the profile of a `profile` route. */
export function profileRef (request: FastifyRequest): ProfileRef {
  return { account: callerOf(request).accountId, profile: profileOf(request).id }
}

/** The cached account of the caller. @throws DomainError 401 when the account no longer exists */
export async function accountOf (access: AccountAccess, request: FastifyRequest): Promise<CachedAccount> {
  const { accountId: id, role, isServiceAccount } = callerOf(request)
  if (isServiceAccount) {
    return { id, role, isActive: true, limits: SERVICE_ACCOUNT_LIMITS, profiles: [], fingerprint: '' }
  }
  return await access.findAccount(id) ?? rejectCaller()
}

/** The maturity limits that apply to catalogue reads of a request. */
export async function maturityScopeOf (access: AccountAccess, request: FastifyRequest): Promise<MaturityScope> {
  if (request.profileAccess !== null) return request.profileAccess
  const { accountId, boundProfileId } = callerOf(request)
  if (boundProfileId === null) return UNRESTRICTED_SCOPE
  return await access.findProfile(accountId, boundProfileId) ?? rejectCaller()
}

/** Whether a request has an account token of the staff, which sees the whole catalogue as stored. */
export function isCatalogueAdmin (request: FastifyRequest): boolean {
  const { role, boundProfileId } = callerOf(request)
  return role !== 'member' && boundProfileId === null
}

/** What a request may see of the catalogue, and play of it. */
export interface ViewingLimits {
  readonly scope: MaturityScope
  /** Maximum video height of the plan, pixels. */
  readonly planMaxHeight: number
}

/** The maturity limits and the maximum video height of a request. */
export async function viewingLimitsOf (access: AccountAccess, request: FastifyRequest): Promise<ViewingLimits> {
  const { limits, profiles } = await accountOf(access, request)
  const { boundProfileId } = callerOf(request)
  const known = request.profileAccess ?? profiles.find(({ id }) => id === boundProfileId)
  return { scope: known ?? await maturityScopeOf(access, request), planMaxHeight: limits.maxHeight }
}
