// Authentication and authorisation. Each route declares its access in its config; a route without one fails the start.
import fastifyJwt from '@fastify/jwt'
import type { FastifyRequest, FastifySchema, RouteOptions } from 'fastify'
import fp from 'fastify-plugin'
import { LRUCache } from 'lru-cache'
import { hash, randomUUID } from 'node:crypto'
import type { AccountAccess, ProfileAccess } from '../accounts/access.js'
import type { TokenAuthentication } from '../accounts/token-authentication.js'
import type { ApiScope } from '../domain/api-scopes.js'
import type { Role } from '../domain/vocabulary.js'
import {
  forbidden,
  insufficientScope,
  notFound,
  pinChanged,
  profileLocked,
  profileTokenRequired,
  tokenNotAccepted,
  unauthorized,
} from '../errors.js'
import { API_TOKEN_PREFIX } from '../security/api-tokens.js'
import type { KeyRing } from '../security/key-ring.js'
import { decodeBase64Url } from '../security/signed-tokens.js'
import type { AuthenticatedCaller } from './caller.js'
import { limitEntries } from '../domain/cache-limits.js'

/**
 * Who may call a route.
 * - `public`: everyone
 * - `account`: an account token
 * - `profile`: an account token, or a token that is bound to the profile in the path
 * - `catalogue`: any token; a profile token restricts the catalogue to the maturity limits of its profile
 * - `staff`: an account token with any role but member
 * - `editor`: an account token with the role editor or admin
 * - `support`: an account token with the role support or admin
 * - `admin`: an account token with the role admin
 * - `signed-url`: everyone with the signed URL, which the handler verifies
 */
export type Access =
  | 'public'
  | 'account'
  | 'profile'
  | 'catalogue'
  | 'staff'
  | 'editor'
  | 'support'
  | 'admin'
  | 'signed-url'

const ROLES_OF_ACCESS: Readonly<Partial<Record<Access, { readonly roles: readonly Role[], readonly names: string }>>> =
  {
    staff: { roles: ['support', 'editor', 'admin'], names: 'support, editors and administrators' },
    editor: { roles: ['editor', 'admin'], names: 'editors and administrators' },
    support: { roles: ['support', 'admin'], names: 'support and administrators' },
    admin: { roles: ['admin'], names: 'administrators' },
  }

/** Whether a route is for staff: support, editors or administrators. */
export const isAdministration = (access: Access | undefined): boolean =>
  access !== undefined && access in ROLES_OF_ACCESS

export const ACCESS_TOKEN_SECONDS = 15 * 60
const MAX_VERIFIED_TOKENS = 20_000
const ISSUER = 'normflix'
const AUDIENCE = 'normflix-api'
/** RFC 9068: the type distinguishes access tokens from other signed tokens. */
const TOKEN_TYPE = 'at+jwt'

export interface AccessClaims {
  /** Account ID. */
  readonly sub: string
  /** Session ID. */
  readonly sid: string
  readonly role: Role
  /** ID of the profile that the token is bound to; absent in an account token. */
  readonly pid?: string
  /** `pinVersion` of the profile when the token was issued; only in a profile token. */
  readonly pin?: number
}

declare module 'fastify' {
  interface FastifyContextConfig {
    access?: Access
    /** The scope with which API tokens may call the route; without one, they may not. */
    scope?: ApiScope
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
  readonly tokens: TokenAuthentication
}

export default fp<AuthOptions>(async function auth (app, { keys, access: accounts, tokens }) {
  await app.register(fastifyJwt, {
    secret: {
      private: keys.current('access').key,
      public: async (_request: FastifyRequest, token: unknown) => keys.find('access', kidOf(token)) ?? rejectToken(),
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

  const verifiedTokens: VerifiedTokens = new LRUCache(limitEntries(MAX_VERIFIED_TOKENS))
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
    if (access === undefined) throw new Error(`route ${String(route.method)} ${route.url} does not declare its access`)
  })
  app.addHook('onRequest', (request, _reply, done) => {
    const access = request.routeOptions.config.access
    if (access === undefined || access === 'public' || access === 'signed-url') done()
    else {authorise(request, access).then(() => {
        done()
      }, done)}
  })

  /** @throws DomainError 401, 403, 404 */
  async function authorise (request: FastifyRequest, access: Access): Promise<void> {
    const apiToken = apiTokenOf(request)
    const caller = apiToken === null
      ? await authenticate(request, accounts, verifiedTokens)
      : await authenticateToken(apiToken, tokens)
    request.caller = caller
    if (caller.scopes !== null) assertScope(caller.scopes, request.routeOptions.config.scope)
    if (caller.boundProfileId !== null) await verifyPinVersion(accounts, caller, caller.boundProfileId)
    if (access === 'profile') {
      const { profileId } = request.params as { profileId: string }
      request.profileAccess = await authoriseProfile(accounts, caller, profileId)
    } else if (access !== 'catalogue' && caller.boundProfileId !== null) {
      throw forbidden('A profile token is valid for its profile and the catalogue only. Use the account token.')
    }
    const required = ROLES_OF_ACCESS[access]
    if (required !== undefined && !required.roles.includes(caller.role)) {
      throw forbidden(`Only ${required.names} may do this.`)
    }
  }
  // Whatever needs a token is private, problems included. A route may set another value.
  app.addHook('onSend', (request, reply, payload, done) => {
    const access = request.routeOptions.config.access
    if (access !== undefined && access !== 'public' && !reply.hasHeader('cache-control')) {
      reply.header('cache-control', 'no-store')
    }
    done(null, payload)
  })
}, { name: 'auth' })

function kidOf (token: unknown): string {
  const kid = (token as { header?: { kid?: unknown } }).header?.kid
  return typeof kid === 'string' ? kid : ''
}

function rejectToken (): never {
  throw unauthorized()
}

/** Describes in the schema of a route who may call it. Before the API description copies the schemas. */
export function describeSecurity (route: RouteOptions): void {
  const { access, scope } = route.config ?? {}
  if (access === undefined) return
  const isOpen = access === 'public' || access === 'signed-url'
  const bearer = [{ bearer: [] }, ...(scope === undefined ? [] : [{ apiToken: [scope] }])] as NonNullable<
    FastifySchema['security']
  >
  const scopeExtension = scope === undefined ? {} : { 'x-required-scope': scope }
  route.schema = { security: isOpen ? [] : bearer, ...scopeExtension, ...route.schema }
}

/** The API token of a request; null for any other authorization. */
function apiTokenOf ({ headers: { authorization = '' } }: FastifyRequest): string | null {
  return API_TOKEN.exec(authorization)?.groups?.['text'] ?? null
}

const API_TOKEN = new RegExp(`^bearer +(?<text>${API_TOKEN_PREFIX}.*)$`, 'i')

async function authenticateToken (apiToken: string, tokens: TokenAuthentication): Promise<AuthenticatedCaller> {
  const { tokenId: sessionId, ...caller } = await tokens.findCaller(apiToken) ?? rejectToken()
  return { ...caller, sessionId, boundProfileId: null, pinVersion: 0 }
}

/** @throws DomainError 403 `token-not-accepted`, `insufficient-scope` */
function assertScope (granted: readonly ApiScope[], required: ApiScope | undefined): void {
  if (required === undefined) throw tokenNotAccepted()
  if (!granted.includes(required)) throw insufficientScope(required)
}

/** Verifies the access token and its session. Every invalid token causes the same error. */
async function authenticate (
  request: FastifyRequest,
  access: AccountAccess,
  verifiedTokens: VerifiedTokens,
): Promise<AuthenticatedCaller> {
  const caller = findVerified(request, verifiedTokens) ?? await verifyToken(request, verifiedTokens)
  if (!await access.isSessionLive(caller.sessionId, caller.accountId)) throw unauthorized()
  return caller
}

/** Callers of tokens that were verified before, by the SHA-256 hash of the `Authorization` header. */
type VerifiedTokens = LRUCache<string, { readonly caller: AuthenticatedCaller, readonly expiresAt: number }>

const keyOf = ({ headers: { authorization = '' } }: FastifyRequest): string => hash('sha256', authorization, 'base64')

/** The caller of a token that was verified before; null for any other token. */
function findVerified (request: FastifyRequest, verifiedTokens: VerifiedTokens): AuthenticatedCaller | null {
  const known = verifiedTokens.get(keyOf(request))
  return known !== undefined && known.expiresAt > Date.now() ? known.caller : null
}

/** Verifies signature and claims of a token. */
async function verifyToken (request: FastifyRequest, verifiedTokens: VerifiedTokens): Promise<AuthenticatedCaller> {
  const { authorization = '' } = request.headers
  if (!hasCanonicalSignature(authorization)) throw unauthorized()
  const claims = await request.jwtVerify<AccessClaims & { exp: number }>().catch(() => rejectToken())
  // An ID in another form would cause a database error, and so a different response.
  if (!isId(claims.sub) || !isId(claims.sid)) throw unauthorized()
  const { sub, sid, role, pid = null, pin = 0, exp } = claims
  const ids = { accountId: sub, sessionId: sid, boundProfileId: pid }
  const caller = { ...ids, role, pinVersion: pin, scopes: null, isServiceAccount: false }
  verifiedTokens.set(keyOf(request), { caller, expiresAt: exp * 1_000 })
  return caller
}

/** A token from before the profile got its PIN, or another one, does not open it. A removed PIN changes nothing. */
async function verifyPinVersion (
  access: AccountAccess,
  { accountId, pinVersion }: AuthenticatedCaller,
  profileId: string,
): Promise<void> {
  let profile = await access.findProfile(accountId, profileId)
  if (profile !== null && profile.pinVersion < pinVersion) {
    // Another process has issued the token after a change that this one has not read yet.
    access.invalidateAccount(accountId)
    profile = await access.findProfile(accountId, profileId)
  }
  // Each route decides about a deleted profile.
  if (profile === null || profile.pinVersion === pinVersion) return
  throw pinChanged()
}

/** @fastify/jwt also accepts other spellings of the same signature. */
function hasCanonicalSignature (authorization: string): boolean {
  return decodeBase64Url(authorization.slice(authorization.lastIndexOf('.') + 1)) !== null
}

function isId (value: unknown): value is string {
  return typeof value === 'string' && /^[0-9a-f]{24}$/.test(value)
}

async function authoriseProfile (
  access: AccountAccess,
  caller: AuthenticatedCaller,
  profileId: string,
): Promise<ProfileAccess> {
  if (caller.boundProfileId !== null && caller.boundProfileId !== profileId) throw notFound('profile')
  const profile = await access.findProfile(caller.accountId, profileId)
  if (profile === null) throw notFound('profile')
  if (profile.hasPin && caller.boundProfileId === null) throw profileTokenRequired()
  if (profile.locked) throw profileLocked()
  return profile
}
