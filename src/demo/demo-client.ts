// The HTTP client of the demo script: sends requests, prints their results, and types the fields that it prints.

export const ORIGIN = process.env['NORMFLIX_URL'] ?? `http://127.0.0.1:${process.env['PORT'] ?? 3000}`

export interface ScriptResponse<T> {
  readonly status: number
  readonly body: T
  readonly headers: Headers
  readonly size: number
}

export interface Page<T> {
  readonly items: readonly T[]
}
export interface SignUp {
  readonly accessToken: string
  readonly account: {
    readonly email: string,
    readonly profiles: ReadonlyArray<{ readonly id: string, readonly name: string }>,
  }
}
export interface Problem {
  readonly code: string
  readonly detail: string
}
export interface Profile {
  readonly name: string
  readonly maxMaturityAge: number
}
export interface Title {
  readonly id: string
  readonly title: string
  readonly year: number | null
}
export interface Item {
  readonly id: string
  readonly title: string
  readonly season: number | null
  readonly episode: number | null
}
export interface Card {
  readonly kind: string
  readonly title: Title
  readonly item: Item
  readonly positionMs: number
  readonly reason: { readonly text: string }
}
export interface Playback {
  readonly streamId: string
  readonly url: string
  readonly positionMs: number
  readonly reason: { readonly text: string }
  readonly mediaFile: {
    readonly height: number,
    readonly durationMs: number,
    readonly audioLanguages: readonly string[],
  }
}
export interface StoppedPlayback {
  readonly progress: { readonly positionMs: number, readonly finished: boolean }
  readonly next: Card | null
}

let accessToken = ''
let stepNumber = 0

/** Sets the access token of all following requests. */
export function setAccessToken (token: string): void {
  accessToken = token
}

export async function request<T> (
  method: string,
  url: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<ScriptResponse<T>> {
  const response = await fetch(ORIGIN + url, {
    method,
    headers: {
      ...(accessToken === '' ? {} : { authorization: `Bearer ${accessToken}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const bytes = Buffer.from(await response.arrayBuffer())
  const isJson = response.headers.get('content-type')?.includes('json') === true
  return {
    status: response.status,
    body: (isJson ? JSON.parse(bytes.toString()) : null) as T,
    headers: response.headers,
    size: bytes.length,
  }
}

/** Awaits a response and prints its result. Ends the process for an unexpected status. */
export async function runStep<T> (
  description: string,
  expectedStatus: number,
  pending: Promise<ScriptResponse<T>>,
  describeResult: (response: ScriptResponse<T>) => string,
): Promise<T> {
  const response = await pending
  const isExpected = response.status === expectedStatus
  const result = isExpected ? describeResult(response) : `expected ${expectedStatus}: ${JSON.stringify(response.body)}`
  console.log(`${String(++stepNumber).padStart(2)}. ${description.padEnd(46)} ${response.status}  ${result}`)
  if (!isExpected) process.exit(1)
  return response.body
}
