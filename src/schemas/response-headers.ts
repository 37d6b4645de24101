// Response headers of the API. A response names those that it sends; the OpenAPI document has each one as a component.

const text = (description: string, example: string) => ({ type: 'string', description, example })
const integer = (description: string, example: number) => ({ type: 'integer', description, example })

export const RESPONSE_HEADERS = {
  Accept: text('Types of bodies that the operation accepts; omitted: the type is not the reason', 'application/json'),
  'Accept-Encoding': text('`identity`: send the body without a Content-Encoding', 'identity'),
  'Accept-Ranges': text('Unit of ranges that the resource supports', 'bytes'),
  'Cache-Control': text('`no-store`: the offset changes with each request', 'no-store'),
  'Content-Disposition': text('Name under which a browser saves the response', 'attachment; filename="history.json"'),
  'Content-Language': text('Languages of the texts in the response, BCP 47', 'en'),
  'Content-Range': text('Range of the bytes in the body, and the size of the resource', 'bytes 0-1023/146515'),
  Deprecation: text('Time since which the operation is deprecated, RFC 9745', '@1798761600'),
  ETag: text('Entity tag of the response: send it in If-None-Match or If-Match', '"v3-5e0f2a"'),
  'Idempotent-Replayed': text('`true`: the stored response to an earlier request with the Idempotency-Key', 'true'),
  'Last-Modified': text('When the resource was stored', 'Sun, 01 Mar 2026 20:15:30 GMT'),
  Link: text('Page that says what to use instead of a deprecated operation', '</guides>; rel="deprecation"'),
  Location: text('URL of the new resource, or of the object to read', '/v1/movies/665f1c2e9b1e8a0012ab34cd'),
  'Retry-After': integer('Time after which the request may be repeated, s; omitted: no statement', 2),
  'Set-Cookie': text(
    'Cookie of a browser session, HttpOnly; empty after a log-out; omitted without `X-NormFlix-Session: cookie`',
    'normflix_refresh=r1.WyJkZXYi; Path=/v1/auth; HttpOnly; SameSite=Strict',
  ),
  Sunset: text('Time from which a deprecated operation may be gone, RFC 8594', 'Thu, 01 Jul 2027 00:00:00 GMT'),
  'Tus-Resumable': text('Version of the tus protocol', '1.0.0'),
  'Tus-Version': text('Versions of the tus protocol that the service supports', '1.0.0'),
  'Upload-Concat': text(
    'Upload-Concat header of the creation; omitted: the upload is a whole file',
    'partial',
  ),
  'Upload-Defer-Length': integer('1: the length is not announced yet', 1),
  'Upload-Expires': text('When an incomplete upload is removed', 'Mon, 02 Mar 2026 20:15:30 GMT'),
  'Upload-Length': integer('Announced size of the upload, bytes', 5_000_000_000),
  'Upload-Metadata': text('Metadata of the upload: names with Base64 values, comma-separated', 'itemId NjY1ZjFj'),
  'Upload-Offset': integer('Received bytes of the upload', 65_536),
  'X-RateLimit-Limit': integer('Requests that the client may send per time window', 6_000),
  'X-RateLimit-Remaining': integer('Requests left in the time window', 5_999),
  'X-RateLimit-Reset': integer('Time until the next time window, s', 60),
  'X-Request-Id': text('ID of the request in the logs; quote it to support', 'c7c5d6a0-6d0b-4d53-9d6c-0e1ad7e5a1b2'),
} as const
export type ResponseHeader = keyof typeof RESPONSE_HEADERS

/** Headers of a conditional GET of the catalogue, in the language of the request. */
export const LOCALISED_ETAG = ['ETag', 'Content-Language'] as const
/** Headers of stored objects, which support conditional requests. */
export const OBJECT_HEADERS = ['ETag', 'Last-Modified', 'Accept-Ranges'] as const
/** Headers of a successful write of the tus protocol. */
export const TUS_HEADERS = ['Tus-Resumable', 'Upload-Offset', 'Upload-Expires'] as const
/** Headers of the state of an upload in the tus protocol. */
export const TUS_HEAD_HEADERS = [
  ...TUS_HEADERS,
  'Upload-Length',
  'Upload-Defer-Length',
  'Upload-Metadata',
  'Upload-Concat',
  'Cache-Control',
] as const

/** Describes the headers of a response, beside those that every response has. */
export const withHeaders = <T extends object>(response: T, ...names: readonly ResponseHeader[]): T => ({
  ...response,
  headers: Object.fromEntries(names.map((name) => [name, RESPONSE_HEADERS[name]])),
})
