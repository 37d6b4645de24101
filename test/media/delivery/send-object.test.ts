// Ranges and preconditions over real HTTP: every response is compared with the file.
import type { OutgoingHttpHeaders } from 'node:http'
import t from 'tap'
import { clip, etag, LAST_MODIFIED, request, startFileServer, type FileResponse } from './file-server.js'

/** The parts of a multipart/byteranges body, read independently of how it is written. */
function readParts ({ headers, body }: FileResponse): Array<{ range: string | undefined, bytes: Buffer }> {
  const boundary = /boundary=(\w+)/.exec(headers['content-type'] ?? '')?.[1] ?? 'none'
  const parts = body.toString('latin1').split(`--${boundary}`)
  if (parts[0] !== '' || parts.at(-1) !== '--\r\n') throw new Error('not a multipart body')
  return parts.slice(1, -1).map((part) => {
    const at = part.indexOf('\r\n\r\n')
    return {
      range: /content-range: bytes (\S+)/.exec(part.slice(0, at))?.[1],
      bytes: Buffer.from(part.slice(at + 4, -2), 'latin1'),
    }
  })
}

t.test('a request without a range gets the whole file and its metadata', async (t) => {
  const { status, headers, body } = await request(await startFileServer(t), 'clip')
  t.equal(status, 200)
  t.ok(body.equals(clip))
  t.match(headers, {
    'content-length': String(clip.length),
    'content-type': 'video/mp4',
    'accept-ranges': 'bytes',
    etag,
    'last-modified': LAST_MODIFIED,
    'cache-control': 'private, max-age=60',
  })
  t.notOk(headers['content-range'])
})

t.test('ranges are server like by the file server of Go', async (t) => {
  const server = await startFileServer(t)
  const small = Buffer.from('hello world')
  const table: ReadonlyArray<
    readonly [range: string, status: number, ...parts: Array<readonly [start: number, end: number]>]
  > = [
    ['bytes=0-4', 206, [0, 4]],
    ['bytes=2-', 206, [2, 10]],
    ['bytes=-5', 206, [6, 10]],
    ['bytes=3-7', 206, [3, 7]],
    ['bytes=0-0,-2', 206, [0, 0], [9, 10]],
    ['bytes=0-1,5-8', 206, [0, 1], [5, 8]],
    ['bytes=0-1,5-', 206, [0, 1], [5, 10]],
    ['bytes=5-1000', 206, [5, 10]],
    ['bytes=0-,1-,2-,3-,4-', 200],
    ['bytes=0-9', 206, [0, 9]],
    ['bytes=0-10', 206, [0, 10]],
    ['bytes=0-11', 206, [0, 10]],
    ['bytes=10-11', 206, [10, 10]],
    ['bytes=10-', 206, [10, 10]],
    ['bytes=11-', 416],
    ['bytes=11-12', 416],
    ['bytes=12-12', 416],
    ['bytes=11-100', 416],
    ['bytes=12-100', 416],
    ['bytes=100-', 416],
    ['bytes=100-1000', 416],
    ['bytes=-11', 206, [0, 10]],
    ['bytes=-1000', 206, [0, 10]],
    ['bytes=-0', 416],
    ['bytes=x', 200],
    ['bytes=4-2', 200],
    ['lines=0-1', 200],
  ]
  for (const [range, status, ...parts] of table) {
    const response = await request(server, 'small', { range })
    t.equal(response.status, status, range)
    t.equal(response.headers['content-length'], String(response.body.length))
    if (status === 200) t.same(response.body, small, range)
    if (status === 416) t.equal(response.headers['content-range'], 'bytes */11', range)
    if (parts.length === 1) {
      t.equal(response.headers['content-range'], `bytes ${parts[0]![0]}-${parts[0]![1]}/11`)
      t.same(response.body, small.subarray(parts[0]![0], parts[0]![1] + 1), range)
    }
    if (parts.length > 1) {
      t.same(
        readParts(response),
        parts.map(([start, end]) => ({ range: `${start}-${end}/11`, bytes: small.subarray(start, end + 1) })),
        range,
      )
    }
  }
})

t.test('10,000 random ranges have the same bytes as the file', async (t) => {
  const server = await startFileServer(t)
  let wrong = 0
  for (let i = 0; i < 10_000; i += 8) {
    await Promise.all(Array.from({ length: 8 }, async () => {
      const start = Math.floor(Math.random() * clip.length)
      const length = 1 + Math.floor(Math.random() ** 4 * (clip.length - start))
      const [range, from, to] = [
        [`bytes=${start}-${start + length - 1}`, start, start + length],
        [`bytes=${start}-`, start, clip.length],
        [`bytes=-${length}`, clip.length - length, clip.length],
        [`bytes=${start}-${start + length - 1}`, start, start + length],
      ][Math.floor(Math.random() * 4)] as [string, number, number]
      const response = await request(server, 'clip', { range })
      const isRight = response.status === 206 && response.body.equals(clip.subarray(from, to)) &&
        response.headers['content-range'] === `bytes ${from}-${to - 1}/${clip.length}`
      if (!isRight) wrong++
    }))
  }
  t.equal(wrong, 0)
})

t.test('several ranges are sent in the requested order', async (t) => {
  const response = await request(await startFileServer(t), 'clip', { range: 'bytes=200000-200099, 5-9, -7' })
  const last = clip.length - 1
  t.equal(response.status, 206)
  t.notOk(response.headers['content-range'])
  t.same(readParts(response).map((part) => part.range), [
    `200000-200099/${clip.length}`,
    `5-9/${clip.length}`,
    `${last - 6}-${last}/${clip.length}`,
  ])
  t.same(readParts(response).map((part) => part.bytes), [
    clip.subarray(200_000, 200_100),
    clip.subarray(5, 10),
    clip.subarray(-7),
  ])
})

t.test('a range needs an If-Range with the same strong tag or date; otherwise the whole file is sent', async (t) => {
  const server = await startFileServer(t)
  const cases: ReadonlyArray<readonly [ifRange: string, status: number]> = [
    [etag, 206],
    [LAST_MODIFIED, 206],
    [`W/${etag}`, 200],
    ['"other"', 200],
    ['Wed, 01 May 2024 12:00:01 GMT', 200],
    ['Wed, 01 May 2024 11:59:59 GMT', 200],
    ['nonsense', 200],
  ]
  for (const [ifRange, status] of cases) {
    const response = await request(server, 'clip', { range: 'bytes=10-19', 'if-range': ifRange })
    t.equal(response.status, status, ifRange)
    t.equal(response.body.length, status === 206 ? 10 : clip.length)
  }
  t.equal(
    (await request(server, 'small', { range: 'bytes=99-', 'if-range': '"other"' })).status,
    200,
    'an ignored range is not rejected',
  )
})

t.test('HEAD describes the whole file for any range', async (t) => {
  const server = await startFileServer(t)
  for (const range of ['bytes=0-4', 'bytes=999999999-', 'nonsense']) {
    const { status, headers, body } = await request(server, 'clip', { range }, 'HEAD')
    t.equal(status, 200)
    t.match(headers, {
      'content-length': String(clip.length),
      'accept-ranges': 'bytes',
      etag,
      'content-type': 'video/mp4',
    })
    t.notOk(headers['content-range'])
    t.equal(body.length, 0)
  }
})

t.test('a client with the current version gets 304, a failed precondition 412', async (t) => {
  const server = await startFileServer(t)
  const cases: ReadonlyArray<readonly [headers: OutgoingHttpHeaders, status: number]> = [
    [{ 'if-none-match': etag }, 304],
    [{ 'if-none-match': `W/${etag}` }, 304],
    [{ 'if-none-match': '*' }, 304],
    [{ 'if-none-match': '"other"' }, 200],
    [{ 'if-modified-since': LAST_MODIFIED }, 304],
    [{ 'if-modified-since': 'Tue, 30 Apr 2024 12:00:00 GMT' }, 200],
    [{ 'if-none-match': '"other"', 'if-modified-since': LAST_MODIFIED }, 200],
    [{ 'if-none-match': etag, range: 'bytes=0-4' }, 304],
    [{ 'if-none-match': etag, range: 'bytes=999999999-' }, 304],
    [{ 'if-match': etag }, 200],
    [{ 'if-match': `W/${etag}` }, 412],
    [{ 'if-match': '"other"' }, 412],
    [{ 'if-match': '"other"', range: 'bytes=0-4' }, 412],
    [{ 'if-unmodified-since': LAST_MODIFIED }, 200],
    [{ 'if-unmodified-since': 'Tue, 30 Apr 2024 12:00:00 GMT' }, 412],
  ]
  for (const [headers, status] of cases) {
    for (const method of ['GET', 'HEAD']) {
      const response = await request(server, 'clip', headers, method)
      t.equal(response.status, status, `${method} ${JSON.stringify(headers)}`)
      if (status === 304) {
        t.equal(response.headers.etag, etag)
        t.notOk(response.headers['content-length'] ?? response.headers['content-type'])
        t.equal(response.body.length, 0)
      }
    }
  }
})

// The cases of Go's file server for a file with this tag and date.
t.test('preconditions are evaluated in the order of RFC 9110 §13.2.2', async (t) => {
  const server = await startFileServer(t)
  const EARLIER = 'Tue, 30 Apr 2024 12:00:00 GMT'
  const range = { range: 'bytes=0-4' }
  const cases: ReadonlyArray<readonly [headers: OutgoingHttpHeaders, status: number]> = [
    // Step 1 before 2: If-Unmodified-Since is ignored beside If-Match.
    [{ 'if-match': etag, 'if-unmodified-since': EARLIER }, 200],
    [{ 'if-match': '"other"', 'if-unmodified-since': LAST_MODIFIED }, 412],
    [{ 'if-match': `"Z", ${etag}` }, 200],
    [{ 'if-match': '*' }, 200],
    [{ 'if-match': '' }, 412],
    // Steps 1 and 2 before 3 and 4: a failed precondition prevents 304.
    [{ 'if-match': '"other"', 'if-none-match': etag }, 412],
    [{ 'if-unmodified-since': EARLIER, 'if-none-match': etag }, 412],
    [{ 'if-match': etag, 'if-none-match': etag }, 304],
    [{ 'if-match': etag, 'if-modified-since': LAST_MODIFIED }, 304],
    // Step 3 before 4: If-Modified-Since is ignored beside If-None-Match.
    [{ 'if-none-match': '"other"', 'if-modified-since': LAST_MODIFIED }, 200],
    [{ 'if-none-match': etag, 'if-modified-since': EARLIER }, 304],
    [{ 'if-none-match': ',' }, 200],
    [{ 'if-none-match': 'nonsense', 'if-modified-since': LAST_MODIFIED }, 200],
    // Steps 3 and 4 before 5: ranges are evaluated last.
    [{ 'if-none-match': etag, 'if-range': etag, ...range }, 304],
    [{ 'if-none-match': '"other"', 'if-range': etag, ...range }, 206],
    [{ 'if-none-match': '"other"', 'if-range': '"other"', ...range }, 200],
    [{ 'if-modified-since': EARLIER, ...range }, 206],
    [{ 'if-match': etag, ...range }, 206],
    [{ 'if-match': etag, 'if-range': '"other"', ...range }, 200],
    [{ 'if-unmodified-since': LAST_MODIFIED, ...range }, 206],
    // If-Range has no effect without Range.
    [{ 'if-range': etag }, 200],
    [{ 'if-range': '"other"' }, 200],
    // Invalid dates and times are ignored.
    [{ 'if-modified-since': 'Wed, 01 May 2024 25:00:00 GMT' }, 200],
    [{ 'if-unmodified-since': 'nonsense' }, 200],
    [{ 'if-modified-since': '0' }, 200],
  ]
  for (const [headers, status] of cases) {
    const response = await request(server, 'clip', headers)
    t.equal(response.status, status, JSON.stringify(headers))
    const sent = status === 200 ? clip : clip.subarray(0, status === 206 ? 5 : 0)
    t.ok(status === 412 || response.body.equals(sent))
  }
})

t.test('an empty file is sent as 200 without bytes, also with a range', async (t) => {
  const server = await startFileServer(t)
  for (const headers of [{}, { range: 'bytes=0-' }, { range: 'bytes=-5' }]) {
    const response = await request(server, 'empty', headers)
    t.equal(response.status, 200)
    t.equal(response.headers['content-length'], '0')
  }
})
