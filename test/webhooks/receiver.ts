// A receiver of webhooks in the process of the test, and apps that may send to it.
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Webhook } from 'standardwebhooks'
import type { Test } from 'tap'
import type { TestUser } from '../support/users.js'

/** Variables of a service that may send to receivers on this machine. */
export const LOCAL_WEBHOOKS = { WEBHOOKS_ALLOW_HTTP: 'on', WEBHOOKS_ALLOW_PRIVATE_ADDRESSES: 'on' }

export interface ReceivedRequest {
  readonly id: string
  readonly headers: IncomingHttpHeaders
  readonly text: string
  readonly event: { type: string, timestamp: string, data: Record<string, any> }
}

export interface Receiver {
  readonly url: string
  readonly received: ReceivedRequest[]
  /** Responds with a status and headers from now on; `hang` never responds. */
  respond(status: number | 'hang', headers?: Record<string, string>, body?: string): void
  /** Resolves when this number of requests was received. */
  waitFor(count: number): Promise<void>
}

export async function startReceiver (t: Test): Promise<Receiver> {
  const received: ReceivedRequest[] = []
  let response: { status: number | 'hang', headers: Record<string, string>, body: string }
  response = { status: 204, headers: {}, body: '' }
  let waiting: Array<{ readonly count: number, resolve(): void }> = []
  const server = createServer((request, reply) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const text = Buffer.concat(chunks).toString()
      received.push({
        id: String(request.headers['webhook-id']),
        headers: request.headers,
        text,
        event: JSON.parse(text),
      })
      for (const { count, resolve } of waiting) if (received.length >= count) resolve()
      waiting = waiting.filter(({ count }) => received.length < count)
      if (response.status !== 'hang') reply.writeHead(response.status, response.headers).end(response.body)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    received,
    respond (status, headers = {}, body = '') {
      response = { status, headers, body }
    },
    async waitFor (count) {
      if (received.length >= count) return
      await new Promise<void>((resolve) => {
        waiting.push({ count, resolve })
      })
    },
  }
}

export interface TestWebhook {
  readonly id: string
  readonly secret: string
}

export async function createWebhook (
  admin: TestUser,
  url: string,
  eventTypes: readonly string[] = ['title.published'],
): Promise<TestWebhook> {
  const { status, body } = await admin.post('/v1/admin/webhooks', { url, eventTypes })
  if (status !== 201) throw new Error(`The webhook was not created: ${JSON.stringify(body)}`)
  return body
}

/** Verifies the signature with the library for receivers. The time must be that of the system clock. */
export function verify (secret: string, { text, headers }: ReceivedRequest): unknown {
  return new Webhook(secret).verify(text, headers as Record<string, string>)
}
