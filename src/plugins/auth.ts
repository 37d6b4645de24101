// Who may call what. Every route declares its access in its config; one that does not fails the start.
import fastifyJwt from '@fastify/jwt'
import type { FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { randomUUID } from 'node:crypto'
import type { AccountAccess, CachedAccount, ProfileAccess } from '../accounts/access.js'
import { UNRESTRICTED_SCOPE, type MaturityScope } from '../domain/maturity.js'
import { forbidden, notFound, profileLocked, unauthorized } from '../errors.js'
import type { Role } from '../../models/account.js'
import type { KeyRing } from '../security/key-ring.js'
import { decodeBase64Url } from '../security/signed-tokens.js'
import type { ProfileRef } from '../watching/deps.js'

/**
 * - `public`: anybody
 * - `account`: the account's own token
 * - `profile`: the account's own token, or one bound to the profile in the path
 * - `catalogue`: any token; what is seen depends on the profile it is bound to
 * - `admin`: the account's own token with the role admin
 * - `signed-url`: whoever holds the signed address; the handler checks it
 */
export type Access = 'public' | 'account' | 'profile' | 'catalogue' | 'admin' | 'signed-url'

export const ACCESS_TOKEN_SECONDS = 15 * 60
const ISSUER = 'normflix'
const AUDIENCE = 'normflix-api'
/** RFC 9068: an access token says that it is one, so that no other signed thing is taken for it. */
const TOKEN_TYPE = 'at+jwt'

export interface AccessClaims {
  /** Account id. */
  readonly sub: string
  /** Session id. */
  readonly sid: string
  readonly role: Role
  /** The profile the token is bound to; absent in the account's own token. */
  readonly pid?: string
}

/** Who calls, and through whose eyes. */
export interface AuthenticatedCaller {
  readonly accountId: string
  readonly sessionId: string
  readonly role: Role
  /** The profile the token is bound to. */
  readonly boundProfileId: string | null
}

declare module 'fastify' {
  interface FastifyContextConfig {
    access?: Access
  }
  interface FastifyRequest {
    caller: AuthenticatedCaller | null
    /** Set on `profile` routes. */
    profileAccess: ProfileAccess | null
  }
  interface FastifyInstance {
    signAccessToken(claims: AccessClaims, now: Date): string
  }
}
declare module '@fastify/jwt' {
  interface FastifyJWT {
    payload: AccessClaims & { iss: string, aud: string, jti: string, iat: number, exp: number }
  }
}

export interface AuthOptions {
  readonly keys: KeyRing
  readonly access: AccountAccess
}

export default fp<AuthOptions>(async function auth (app, { keys, access: accounts }) {
  await app.register(fastifyJwt, {
    secret: {
      private: keys.current('access').key,
      public: async (_request: FastifyRequest, token: unknown) =>
        keys.find('access', kidOf(token)) ?? failVerification(),
    },
    decode: { complete: true },
    sign: { algorithm: 'HS256', kid: keys.current('access').kid, header: { typ: TOKEN_TYPE } as never },
    verify: {
      algorithms: ['HS256'],
      checkTyp: TOKEN_TYPE,
      allowedIss: ISSUER,
      allowedAud: AUDIENCE,
      requiredClaims: ['iss', 'aud', 'sub', 'sid', 'jti', 'iat', 'exp', 'role'],
    } as never,
  })

  app.decorateRequest('caller', null)
  app.decorateRequest('profileAccess', null)
  app.decorate('signAccessToken', (claims: AccessClaims, now: Date) => {
    const iat = Math.floor(now.getTime() / 1_000)
    return app.jwt.sign({
      ...claims,
      iss: ISSUER,
      aud: AUDIENCE,
      jti: randomUUID(),
      iat,
      exp: iat + ACCESS_TOKEN_SECONDS,
    })
  })

  app.addHook('onRoute', (route) => {
    const access = route.config?.access
    if (access === undefined) throw new Error(`route ${String(route.method)} ${route.url} does not say who may call it`)
    route.schema = { ...route.schema, security: access === 'public' || access === 'signed-url' ? [] : [{ bearer: [] }] }
  })
  app.addHook('onRequest', async (request) => {
    const access = request.routeOptions.config.access
    if (access === undefined || access === 'public' || access === 'signed-url') return
    const caller = await identify(request, accounts)
    request.caller = caller
    if (access === 'profile') {
      request.profileAccess = await openProfile(accounts, caller, (request.params as { profileId: string }).profileId)
    } else if (access !== 'catalogue' && caller.boundProfileId !== null) {
      throw forbidden("A profile's token opens that profile and the catalogue only. Use the account's own token.")
    }
    if (access === 'admin' && caller.role !== 'admin') throw forbidden('Only administrators may do this.')
  })
}, { name: 'auth' })

function kidOf (token: unknown): string {
  const kid = (token as { header?: { kid?: unknown } }).header?.kid
  return typeof kid === 'string' ? kid : ''
}

function failVerification (): never {
  throw unauthorized()
}

/** Every way in which a token can be wrong gets the same answer. */
async function identify (request: FastifyRequest, access: AccountAccess): Promise<AuthenticatedCaller> {
  if (!hasCanonicalSignature(request.headers.authorization ?? '')) throw unauthorized()
  const claims = await request.jwtVerify<AccessClaims>().catch(() => failVerification())
  // An id of another form would be an error of the database, which is another answer.
  if (!isId(claims.sub) || !isId(claims.sid)) throw unauthorized()
  if (!await access.isSessionLive(claims.sid, claims.sub)) throw unauthorized()
  return { accountId: claims.sub, sessionId: claims.sid, role: claims.role, boundProfileId: claims.pid ?? null }
}

/** @fastify/jwt also accepts other spellings of the same signature. */
function hasCanonicalSignature (authorization: string): boolean {
  return decodeBase64Url(authorization.slice(authorization.lastIndexOf('.') + 1)) !== null
}

function isId (value: unknown): value is string {
  return typeof value === 'string' && /^[0-9a-f]{24}$/.test(value)
}

async function openProfile (
  access: AccountAccess,
  caller: AuthenticatedCaller,
  profileId: string,
): Promise<ProfileAccess> {
  if (caller.boundProfileId !== null && caller.boundProfileId !== profileId) throw notFound('profile')
  const profile = await access.findProfile(caller.accountId, profileId)
  if (profile === null) throw notFound('profile')
  if (profile.hasPin && caller.boundProfileId === null) {
    throw forbidden('This profile has a PIN: open it with select and use the token that it gives.')
  }
  if (profile.locked) throw profileLocked()
  return profile
}

/** The caller of a route that is not public. */
export function callerOf (request: FastifyRequest): AuthenticatedCaller {
  return request.caller ?? failVerification()
}

/** The profile of a `profile` route. */
export function profileOf (request: FastifyRequest): ProfileAccess {
  return request.profileAccess ?? failVerification()
}

/** The account and the profile of a `profile` route. */
export function profileRef (request: FastifyRequest): ProfileRef {
  return { account: callerOf(request).accountId, profile: profileOf(request).id }
}

/** The account behind a request, as the cache knows it. */
export async function accountOf (access: AccountAccess, request: FastifyRequest): Promise<CachedAccount> {
  return await access.findAccount(callerOf(request).accountId) ?? failVerification()
}

/** Through whose eyes a request sees the catalogue. */
export async function maturityScopeOf (access: AccountAccess, request: FastifyRequest): Promise<MaturityScope> {
  if (request.profileAccess !== null) return request.profileAccess
  const { accountId, boundProfileId } = callerOf(request)
  if (boundProfileId === null) return UNRESTRICTED_SCOPE
  return await access.findProfile(accountId, boundProfileId) ?? failVerification()
}
