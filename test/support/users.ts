// Users that sign up, log in and send requests over HTTP.
import type { FastifyInstance } from 'fastify'
import { randomUUID } from 'node:crypto'
import { Account } from '../../models/account.js'
import { call, type TestResponse } from './requests.js'

/** The password of every test user. */
export const PASSWORD = 'three blind mice ran'

/** A logged-in user. */
export interface TestUser {
  readonly accountId: string
  readonly email: string
  readonly token: string
  readonly refreshToken: string
  /** The first profile. */
  readonly profileId: string
  get<T = any>(url: string, headers?: Record<string, string>): Promise<TestResponse<T>>
  post<T = any>(url: string, body?: unknown): Promise<TestResponse<T>>
  put<T = any>(url: string, body?: unknown, headers?: Record<string, string>): Promise<TestResponse<T>>
  patch<T = any>(url: string, body?: unknown, headers?: Record<string, string>): Promise<TestResponse<T>>
  delete<T = any>(url: string, headers?: Record<string, string>): Promise<TestResponse<T>>
  /** The same user with another access token. */
  with(token: string): TestUser
}

interface LoginResponse {
  account: { id: string, email: string, profiles: Array<{ id: string }> }
  accessToken: string
  refreshToken: string
}

function createTestUser (app: FastifyInstance, login: LoginResponse, token = login.accessToken): TestUser {
  return {
    accountId: login.account.id,
    email: login.account.email,
    token,
    refreshToken: login.refreshToken,
    profileId: login.account.profiles[0]!.id,
    get: async (url, headers) => await call(app, 'GET', url, { token, ...(headers === undefined ? {} : { headers }) }),
    post: async (url, body) => await call(app, 'POST', url, { token, ...(body === undefined ? {} : { body }) }),
    put: async (url, body, headers) =>
      await call(app, 'PUT', url, {
        token,
        ...(body === undefined ? {} : { body }),
        ...(headers === undefined ? {} : { headers }),
      }),
    patch: async (url, body, headers) =>
      await call(app, 'PATCH', url, { token, body, ...(headers === undefined ? {} : { headers }) }),
    delete: async (url, headers) =>
      await call(app, 'DELETE', url, { token, ...(headers === undefined ? {} : { headers }) }),
    with: (other) => createTestUser(app, login, other),
  }
}

/** Signs a user up over HTTP; on the premium plan unless `plan` names another. */
export async function signUp (
  app: FastifyInstance,
  options: { plan?: string, email?: string } = {},
): Promise<TestUser> {
  const email = options.email ?? `${randomUUID().slice(0, 8)}@example.com`
  const { status, body } = await call<LoginResponse>(app, 'POST', '/v1/auth/signup', {
    body: { email, password: PASSWORD, plan: options.plan ?? 'premium' },
  })
  if (status !== 201) throw new Error(`The sign-up returned ${status}: ${JSON.stringify(body)}`)
  return createTestUser(app, body)
}

/** Logs a user in again, for example after the clock passed the end of the session. */
export async function logInAgain (app: FastifyInstance, user: TestUser): Promise<TestUser> {
  const { status, body } = await call<LoginResponse>(app, 'POST', '/v1/auth/login', {
    body: { email: user.email, password: PASSWORD },
  })
  if (status !== 200) throw new Error(`The log-in returned ${status}: ${JSON.stringify(body)}`)
  return user.with(body.accessToken)
}

/** Signs a user up, makes the account an administrator and logs in. */
export async function signUpAdmin (app: FastifyInstance, options: { plan?: string } = {}): Promise<TestUser> {
  const admin = await signUp(app, options)
  await Account.updateOne({ _id: admin.accountId }, { $set: { role: 'admin' } })
  const { body } = await call<LoginResponse>(app, 'POST', '/v1/auth/login', {
    body: { email: admin.email, password: PASSWORD },
  })
  return createTestUser(app, body)
}
