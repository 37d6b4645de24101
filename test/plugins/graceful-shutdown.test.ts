// A shutdown responds to every request that clients have sent, also while the process is busy.
import Fastify, { type FastifyInstance } from 'fastify'
import { once } from 'node:events'
import { connect, type AddressInfo, type Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import t, { type Test } from 'tap'
import gracefulShutdown from '../../src/plugins/graceful-shutdown.js'

const REQUEST = 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'

async function startServer (t: Test): Promise<{ app: FastifyInstance, port: number }> {
  const app = Fastify({ return503OnClosing: false })
  await app.register(gracefulShutdown)
  app.get('/', async () => 'done')
  await app.listen({ port: 0, host: '127.0.0.1' })
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
