// A browser with the cookie of a session.
import type { FastifyInstance } from 'fastify'
import { randomUUID } from 'node:crypto'
import { call, type TestResponse } from './requests.js'
import { PASSWORD } from './users.js'

export interface SetCookie {
  readonly name: string
  readonly value: string
  readonly path: string | null
  readonly sameSite: string | null
  readonly httpOnly: boolean
  readonly secure: boolean
  readonly expires: Date
}

/** What a page of the same origin sends. */
export const SAME_ORIGIN: Readonly<Record<string, string>> = {
  'x-normflix-session': 'cookie',
  'sec-fetch-site': 'same-origin',
}

export interface TestBrowser {
  /** Value of the cookie; changes with each response that sets it. */
  cookie: string
  post<T = any>(url: string, body?: unknown, token?: string): Promise<TestResponse<T>>
  refresh<T = any>(): Promise<TestResponse<T>>
}

export function openBrowser (app: FastifyInstance, cookie = '', headers: Record<string, string> = {}): TestBrowser {
  const browser: TestBrowser = {
    cookie,
    async post (url, body, token) {
      const response = await call(app, 'POST', url, {
        ...(body === undefined ? {} : { body }),
        ...(token === undefined ? {} : { token }),
        headers: {
          ...SAME_ORIGIN,
          ...headers,
          ...(browser.cookie === '' ? {} : { cookie: `theme=dark; normflix_refresh=${browser.cookie}` }),
        },
      })
      if (response.headers['set-cookie'] !== undefined) browser.cookie = readSetCookie(response).value
      return response
    },
    refresh: async () => await browser.post('/v1/auth/refresh'),
  }
  return browser
}

export async function signUpInBrowser (app: FastifyInstance, headers: Record<string, string> = {}) {
  const browser = openBrowser(app, '', headers)
  const email = `${randomUUID().slice(0, 8)}@example.com`
  const response = await browser.post('/v1/auth/signup', { email, password: PASSWORD })
  if (response.status !== 201) {
    throw new Error(`The sign-up returned ${response.status}: ${JSON.stringify(response.body)}`)
  }
  return { browser, email, response, token: response.body.accessToken as string }
}

/** @throws Error when the response does not set exactly one cookie */
export function readSetCookie ({ headers }: TestResponse): SetCookie {
  const header = headers['set-cookie']
  if (typeof header !== 'string') throw new Error(`expected one cookie, got ${String(header)}`)
  const [pair = '', ...attributes] = header.split('; ')
  const find = (name: string): string | null => {
    const attribute = attributes.find((text) => text.split('=')[0]?.toLowerCase() === name)
    return attribute?.slice(name.length + 1) ?? null
  }
  const [name = '', value = ''] = pair.split('=')
  return {
    name,
    value,
    path: find('path'),
    sameSite: find('samesite'),
    httpOnly: find('httponly') !== null,
    secure: find('secure') !== null,
    expires: new Date(find('expires') ?? Number.NaN),
  }
}
