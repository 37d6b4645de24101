// The examples of docs/webhooks.md receive real requests, and reject a changed one.
import { spawn, spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { connect, createServer, type AddressInfo } from 'node:net'
import path from 'node:path'
import t, { type Test } from 'tap'
import { startApp } from '../support/app.js'
import { signUpAdmin, type TestUser } from '../support/users.js'
import { createWebhook, LOCAL_WEBHOOKS } from './receiver.js'

const guide = readFileSync('docs/webhooks.md', 'utf8')
const hasPython = spawnSync('python3', ['--version']).status === 0

/** The code block of a language. */
function findExample (language: string): string {
  return new RegExp(`\`\`\`${language}\n(.*?)\`\`\``, 's').exec(guide)?.[1] ?? ''
}

async function findFreePort (): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

async function waitUntilListening (port: number): Promise<void> {
  for (;;) {
    const isListening = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1')
      socket.once('connect', () => {
        socket.destroy()
        resolve(true)
      })
      socket.once('error', () => {
        resolve(false)
      })
    })
    if (isListening) return
  }
}

async function testExample (t: Test, admin: TestUser, command: string, fileName: string, code: string): Promise<void> {
  const port = await findFreePort()
  const { id, secret } = await createWebhook(admin, `http://127.0.0.1:${port}/`)
  const folder = t.testdir({})
  writeFileSync(path.join(folder, fileName), code)
  const child = spawn(command, [fileName], {
    cwd: folder,
    env: { PATH: process.env['PATH'], PORT: String(port), WEBHOOK_SECRET: secret },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  t.teardown(() => child.kill())
  let output = ''
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString()
  })
  await waitUntilListening(port)
  const { body } = await admin.post(`/v1/admin/webhooks/${id}/test`)
  t.match(body, { status: 'succeeded', lastAttempt: { statusCode: 204 } })
  t.match(output, /webhook\.test/)
  const changed = await fetch(`http://127.0.0.1:${port}/`, {
    method: 'POST',
    headers: {
      'webhook-id': 'evt_1',
      'webhook-timestamp': String(Math.floor(Date.now() / 1_000)),
      'webhook-signature': 'v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4=',
    },
    body: '{}',
  })
  t.equal(changed.status, 400)
}

t.test('the examples of the guide', { timeout: 100_000 }, async (t) => {
  const { app } = await startApp(t, LOCAL_WEBHOOKS)
  const admin = await signUpAdmin(app)
  await t.test('Node.js', async (t) => {
    await testExample(t, admin, process.execPath, 'receiver.mjs', findExample('js'))
  })
  await t.test('Python', { skip: hasPython ? false : 'python3 was not found' }, async (t) => {
    await testExample(t, admin, 'python3', 'receiver.py', findExample('python'))
  })
})
