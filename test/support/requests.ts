// Sends requests to an app in the same process and checks problem responses.
import type { FastifyInstance, LightMyRequestResponse } from 'fastify'
import type { Test } from 'tap'

export interface TestResponse<T = any> {
  readonly status: number
  /** Parsed JSON; null for other content. */
  readonly body: T
  readonly headers: LightMyRequestResponse['headers']
  readonly bytes: Buffer
}

type Method = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/** Sends a request and returns the response with parsed JSON. */
export async function call<T = any> (
  app: FastifyInstance,
  method: Method,
  url: string,
  options: { token?: string, body?: unknown, headers?: Record<string, string> } = {},
): Promise<TestResponse<T>> {
  const response = await app.inject({
    method,
    url,
    headers: {
      ...(options.token === undefined ? {} : { authorization: `Bearer ${options.token}` }),
      ...options.headers,
    },
    ...(options.body === undefined ? {} : { payload: options.body as object }),
  })
  const isJson = /[/+]json\b/.test(String(response.headers['content-type'] ?? ''))
  return {
    status: response.statusCode,
    body: (isJson && method !== 'HEAD' ? response.json() : null) as T,
    headers: response.headers,
    bytes: response.rawPayload,
  }
}

/** Checks that a response is a complete problem document with the code. */
export function expectProblem (t: Test, response: TestResponse, code: string, status?: number): void {
  t.equal(response.body?.code, code, `the problem code is ${code}`)
  if (status !== undefined) t.equal(response.status, status, `the status is ${status}`)
  t.match(response.headers['content-type'], /^application\/problem\+json/)
  t.match(response.body, { type: String, title: String, status: response.status, detail: String, requestId: String })
}
