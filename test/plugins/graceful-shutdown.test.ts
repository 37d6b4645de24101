// A shutdown responds to every request that clients have sent, also while the process is busy.
import Fastify, { type FastifyInstance } from 'fastify'
import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { networkInterfaces } from 'node:os'
import { setTimeout as delay } from 'node:timers/promises'
import t, { type Test } from 'tap'
import gracefulShutdown from '../../src/plugins/graceful-shutdown.js'

/** A second address of this machine, as `localhost` has where both IP versions work. */
const SECOND_HOST = networkInterfaces()['lo']?.some(({ address }) => address === '::1') === true ? '::1' : '127.0.0.2'
const REQUEST = 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'

async function startServer (t: Test, hosts = ['127.0.0.1']): Promise<{ app: FastifyInstance, port: number }> {
  const app = Fastify({ return503OnClosing: false })
  await app.register(gracefulShutdown)
  app.get('/', async () => 'done')
  app.get('/slow', async () => await delay(300, 'done'))
  await app.listenOn(hosts, 0)
  t.teardown(async () => {
    await app.close()
  })
  return { app, port: (app.server.address() as AddressInfo).port }
}

/** Reads until the end of the connection. @returns what was read, or the code of the error */
async function readAll (socket: Socket): Promise<string> {
  let text = ''
  socket.on('data', (data) => {
    text += String(data)
  })
  return await new Promise((resolve) => {
    socket.once('error', (error: NodeJS.ErrnoException) => {
      resolve(String(error.code))
    })
    socket.once('end', () => {
      resolve(text)
    })
  })
}

const countResponses = (texts: readonly string[]): number =>
  texts.filter((text) => text.startsWith('HTTP/1.1 200 OK') && text.includes('\r\nConnection: close\r\n')).length

t.test('connections that wait to be accepted get their responses', async (t) => {
  const { app, port } = await startServer(t)
  const sockets = Array.from({ length: 50 }, () => connect({ port, host: '127.0.0.1' }))
  const responses = sockets.map(async (socket) => {
    socket.write(REQUEST)
    return await readAll(socket)
  })
  // The system has connected the sockets; the event loop has not run, so that the server has accepted none.
  await new Promise((resolve) => {
    process.nextTick(resolve)
  })
  await app.close()
  t.equal(countResponses(await Promise.all(responses)), 50)
  const late = connect({ port, host: '127.0.0.1' })
  t.match(await once(late, 'error'), [{ code: 'ECONNREFUSED' }])
})

t.test('a client that leaves while it waits to be accepted stops nothing', async (t) => {
  const { app, port } = await startServer(t)
  const [leaving, staying] = [connect({ port, host: '127.0.0.1' }), connect({ port, host: '127.0.0.1' })]
  staying.write(REQUEST)
  const response = readAll(staying)
  process.nextTick(() => leaving.resetAndDestroy())
  await new Promise((resolve) => {
    process.nextTick(resolve)
  })
  await app.close()
  t.equal(countResponses([await response]), 1)
})

t.test('requests that arrive while the event loop is busy get their responses', async (t) => {
  const { app, port } = await startServer(t)
  const sockets = Array.from({ length: 5 }, () => connect({ port, host: '127.0.0.1' }))
  await Promise.all(sockets.map(async (socket) => {
    socket.write(REQUEST)
    await once(socket, 'data')
  }))
  const closed = app.close()
  await delay(100)
  const responses = sockets.map(async (socket) => {
    socket.write(REQUEST)
    return await readAll(socket)
  })
  const busyUntil = Date.now() + 1_000
  while (Date.now() < busyUntil);
  t.equal(countResponses(await Promise.all(responses)), 5)
  await closed
})

t.test('idle connections delay the shutdown by less than two seconds', async (t) => {
  const { app, port } = await startServer(t)
  const socket = connect({ port, host: '127.0.0.1' })
  socket.write(REQUEST)
  await once(socket, 'data')
  const ended = readAll(socket)
  const startedAt = Date.now()
  await app.close()
  t.ok(Date.now() - startedAt < 2_000, `${Date.now() - startedAt} ms`)
  t.equal(await ended, '')
})

t.test('each address of the host is served, and shut down without a lost request', async (t) => {
  const { app, port } = await startServer(t, ['127.0.0.1', SECOND_HOST])
  const open = await Promise.all(['127.0.0.1', SECOND_HOST].map(async (host) => {
    const socket = connect({ port, host })
    socket.write(REQUEST)
    await once(socket, 'data')
    return socket
  }))
  const waiting = Array.from({ length: 20 }, (_, i) => connect({ port, host: i % 2 === 0 ? '127.0.0.1' : SECOND_HOST }))
  const responses = [...open, ...waiting].map(async (socket) => {
    socket.write(REQUEST)
    return await readAll(socket)
  })
  await new Promise((resolve) => {
    process.nextTick(resolve)
  })
  const startedAt = Date.now()
  await app.close()
  t.ok(Date.now() - startedAt < 2_000, `${Date.now() - startedAt} ms`)
  t.equal(countResponses(await Promise.all(responses)), 22)
  for (const host of ['127.0.0.1', SECOND_HOST]) {
    t.match(await once(connect({ port, host }), 'error'), [{ code: 'ECONNREFUSED' }], host)
  }
})

t.test('a request in progress on the second address finishes, and an idle connection ends', async (t) => {
  const { app, port } = await startServer(t, ['127.0.0.1', SECOND_HOST])
  const slow = connect({ port, host: SECOND_HOST })
  slow.write(REQUEST.replace('GET /', 'GET /slow'))
  await once(app.server, 'request')
  const idle = readAll(connect({ port, host: SECOND_HOST }))
  const response = readAll(slow)
  await app.close()
  t.match(await response, /^HTTP\/1\.1 200 OK\r\n[^]*done$/)
  t.equal(await idle, '')
})

t.test('an address that another program uses is an error; one that the machine lacks is not', async (t) => {
  const other = createServer().listen(0, SECOND_HOST)
  await once(other, 'listening')
  t.teardown(() => other.close())
  const app = Fastify()
  await app.register(gracefulShutdown)
  t.teardown(async () => {
    await app.close()
  })
  const { port } = other.address() as AddressInfo
  await t.rejects(app.listenOn(['127.0.0.1', SECOND_HOST], port), { code: 'EADDRINUSE' })
  const { port: free } = await startServer(t, ['127.0.0.1', '192.0.2.1'])
  t.ok(free > 0)
})
