// Responds to requests that Node.js rejects before Fastify receives them.
import { randomUUID } from 'node:crypto'
import { STATUS_CODES, type IncomingMessage, type OutgoingMessage, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { MALFORMED_REQUEST, REQUEST_TIMEOUT, toProblemDocument, type ProblemTexts } from './problem-document.js'

/** Errors of the HTTP parser by their Node.js code. */
const PROBLEMS_BY_PARSER_ERROR: Readonly<Record<string, readonly [status: number, ...ProblemTexts]>> = {
  HPE_HEADER_OVERFLOW: [431, 'headers-too-large', 'Headers too large', 'URL and headers exceed their size limit.'],
  ERR_HTTP_REQUEST_TIMEOUT: [408, ...REQUEST_TIMEOUT],
}

interface ParserError extends Error {
  readonly code?: string
}

/**
 * Creates the handler of parser errors. A client that does not close its side keeps a half-closed connection open, so
 * the socket is destroyed after the response was sent.
 * @param lingerMs how long the client may read the response
 */
export function createClientErrorHandler (lingerMs: number): (error: ParserError, socket: Socket) => void {
  const closingSockets = new WeakSet<Socket>()
  return (error, socket) => {
    // Further bytes of a rejected request.
    if (closingSockets.has(socket)) return
    closingSockets.add(socket)
    // A second response would become a part of the first one.
    const { _httpMessage: openResponse } = socket as { _httpMessage?: OutgoingMessage | null }
    if (error.code === 'ECONNRESET' || !socket.writable || openResponse?.headersSent === true) {
      socket.destroy()
      return
    }
    const [status, ...texts] = PROBLEMS_BY_PARSER_ERROR[error.code ?? ''] ?? [400, ...MALFORMED_REQUEST]
    const requestId = randomUUID()
    const body = JSON.stringify(toProblemDocument(status, texts, requestId))
    const head = [
      `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
      'Content-Type: application/problem+json',
      `Content-Length: ${Buffer.byteLength(body)}`,
      'Cache-Control: no-store',
      `X-Request-Id: ${requestId}`,
      'Connection: close',
    ]
    socket.end(`${head.join('\r\n')}\r\n\r\n${body}`)
    const timer = setTimeout(() => {
      socket.destroy()
    }, lingerMs).unref()
    socket.once('close', () => {
      clearTimeout(timer)
    })
  }
}

/** Rejects an Expect header other than 100-continue (RFC 9110 §10.1.1). Fastify does not receive such requests. */
export function handleExpectation (_request: IncomingMessage, response: ServerResponse): void {
  const requestId = randomUUID()
  const texts = [
    'expectation-failed',
    'Expectation failed',
    'The service supports "Expect: 100-continue" only.',
  ] as const
  response.writeHead(417, {
    'content-type': 'application/problem+json',
    'cache-control': 'no-store',
    'x-request-id': requestId,
    connection: 'close',
  }).end(JSON.stringify(toProblemDocument(417, texts, requestId)))
}
