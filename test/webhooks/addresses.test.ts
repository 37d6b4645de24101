// Server-side request forgery: webhooks reach public addresses only, whatever the URL, the name or the redirect.
import { createServer } from 'node:http'
import type { LookupAddress } from 'node:dns'
import type { AddressInfo } from 'node:net'
import t, { type Test } from 'tap'
import { findUrlProblem, isAllowedAddress } from '../../src/webhooks/addresses.js'
import { createWebhookClient, type ResolveName } from '../../src/webhooks/webhook-client.js'
import { startApp } from '../support/app.js'
import { expectProblem } from '../support/requests.js'
import { signUpAdmin } from '../support/users.js'

const PUBLIC_ONLY = { isHttpAllowed: true, arePrivateAddressesAllowed: false }
const WITH_PRIVATE = { isHttpAllowed: true, arePrivateAddressesAllowed: true }

const PUBLIC = ['93.184.216.34', '8.8.8.8', '2606:4700::1111', '::ffff:8.8.8.8', '64:ff9b::808:808']
const PRIVATE = [
  '127.0.0.1',
  '127.9.9.9',
  '10.0.0.1',
  '172.16.0.1',
  '172.31.255.255',
  '192.168.1.1',
  '100.64.0.1',
  '::1',
  'fc00::1',
  'fd12:3456::1',
  '::ffff:127.0.0.1',
  '::ffff:10.0.0.1',
  '::ffff:7f00:1',
  '64:ff9b::7f00:1',
  '64:ff9b::a00:1',
]
const NEVER = [
  '0.0.0.0',
  '169.254.169.254',
  '169.254.0.1',
  '224.0.0.1',
  '239.255.255.250',
  '240.0.0.1',
  '255.255.255.255',
  '192.0.0.1',
  '192.0.2.1',
  '198.18.0.1',
  '198.51.100.1',
  '203.0.113.1',
  '::',
  'fe80::1',
  'fe80::1%eth0',
  'ff02::1',
  'fec0::1',
  '2001:db8::1',
  '2002:7f00:1::1',
  '2001:0:4136:e378:8000:63bf:3fff:fdd2',
  '64:ff9b:1::1',
  '::127.0.0.1',
  '::ffff:169.254.169.254',
  '64:ff9b::a9fe:a9fe',
  '100::1',
]

t.test('addresses', async (t) => {
  for (const address of PUBLIC) t.ok(isAllowedAddress(address, PUBLIC_ONLY), address)
  for (const address of PRIVATE) {
    t.notOk(isAllowedAddress(address, PUBLIC_ONLY), address)
    t.ok(isAllowedAddress(address, WITH_PRIVATE), `${address}, when private ones are allowed`)
  }
  for (const address of NEVER) {
    t.notOk(isAllowedAddress(address, PUBLIC_ONLY), address)
    t.notOk(isAllowedAddress(address, WITH_PRIVATE), `${address}, also when private ones are allowed`)
  }
  t.notOk(isAllowedAddress('localhost', WITH_PRIVATE))
})

const HTTPS_ONLY = { isHttpAllowed: false, arePrivateAddressesAllowed: false }

t.test('URLs', async (t) => {
  for (const url of ['https://hooks.example.com/x?y=1', 'https://8.8.8.8:8443/', 'https://[2606:4700::1111]/']) {
    t.equal(findUrlProblem(url, HTTPS_ONLY), null, url)
  }
  const invalid = [
    'http://hooks.example.com/',
    'ftp://hooks.example.com/',
    'file:///etc/passwd',
    'hooks.example.com',
    'https://user:password@hooks.example.com/',
    'https://user@hooks.example.com/',
    'https://hooks.example.com/#fragment',
    'https://127.0.0.1/',
    'https://2130706433/',
    'https://0x7f.1/',
    'https://0177.0.0.1/',
    'https://127.1/',
    'https://[::1]/',
    'https://[::ffff:127.0.0.1]/',
    'https://[64:ff9b::7f00:1]/',
    'https://169.254.169.254/latest/meta-data/',
    'https://１２７.0.0.1/',
    `https://hooks.example.com/${'x'.repeat(2_100)}`,
  ]
  for (const url of invalid) t.type(findUrlProblem(url, HTTPS_ONLY), 'string', url)
})

/** A service inside the network, which no webhook may reach. */
async function startInternalService (t: Test) {
  let requests = 0
  const server = createServer((_request, response) => {
    requests++
    response.end('internal')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  return { port: (server.address() as AddressInfo).port, count: () => requests }
}

/** A resolver that returns the next list of addresses at each look-up. */
function resolveTo (...answers: string[][]): ResolveName {
  let i = 0
  return (_name, _options, callback) => {
    const addresses = answers[Math.min(i++, answers.length - 1)] ?? []
    callback(null, addresses.map((address): LookupAddress => ({ address, family: address.includes(':') ? 6 : 4 })))
  }
}

t.test('connections', async (t) => {
  const { port, count } = await startInternalService(t)
  const post = async (url: string, resolve?: ResolveName, rules = PUBLIC_ONLY) => {
    const client = createWebhookClient(rules, resolve)
    const result = await client.post(url, {}, '{}')
    await client.close()
    return result
  }
  for (const host of ['127.0.0.1', '[::1]', '[::ffff:127.0.0.1]', '2130706433', 'localhost']) {
    t.match(await post(`http://${host}:${port}/`), { error: 'blocked-address', statusCode: null }, host)
  }
  for (const address of ['127.0.0.1', '10.0.0.1', '169.254.169.254', '::ffff:127.0.0.1', '64:ff9b::7f00:1']) {
    const result = await post(`http://hooks.example.com:${port}/`, resolveTo([address]))
    t.match(result, { error: 'blocked-address' }, `a name that resolves to ${address}`)
  }
  t.equal(count(), 0, 'no request reached the internal service')
  const mixed = await post(
    `http://hooks.example.com:${port}/`,
    resolveTo(['169.254.169.254', '127.0.0.1']),
    WITH_PRIVATE,
  )
  t.match(mixed, { statusCode: 200 }, 'of several addresses, an allowed one is used')
  t.equal(count(), 1)

  t.test('a name that changes its address after the first look-up', async (t) => {
    const client = createWebhookClient(PUBLIC_ONLY, resolveTo(['127.0.0.1'], ['127.0.0.1']))
    // The first look-up of a rebinding attack has a public address: it is only good for the check before a connection.
    t.equal(findUrlProblem(`http://rebind.example.com:${port}/`, PUBLIC_ONLY), null)
    t.match(await client.post(`http://rebind.example.com:${port}/`, {}, '{}'), { error: 'blocked-address' })
    await client.close()
    t.equal(count(), 1)
  })

  t.test('a redirect to an internal address is not followed', async (t) => {
    const redirecting = createServer((_request, response) => {
      response.writeHead(307, { location: `http://127.0.0.1:${port}/` }).end()
    })
    await new Promise<void>((resolve) => redirecting.listen(0, '127.0.0.1', resolve))
    t.teardown(() => redirecting.close())
    const url = `http://127.0.0.1:${(redirecting.address() as AddressInfo).port}/`
    t.match(await post(url, undefined, WITH_PRIVATE), { error: 'redirect', statusCode: 307 })
    t.equal(count(), 1)
  })

  t.match(
    await post('http://hooks.example.com/', (_name, _options, callback) => {
      callback(Object.assign(new Error(), { code: 'ENOTFOUND' }), [])
    }),
    { error: 'unknown-host' },
  )
  t.match(await post('http://127.0.0.1:1/', undefined, WITH_PRIVATE), { error: 'connection' })
})

t.test('the API rejects unsafe URLs by default', async (t) => {
  const { app } = await startApp(t)
  const admin = await signUpAdmin(app)
  const body = (url: string) => ({ url, eventTypes: ['media.ready'] })
  for (const url of ['http://hooks.example.com/', 'https://10.0.0.1/', 'https://u:p@hooks.example.com/', 'no url']) {
    const rejected = await admin.post('/v1/admin/webhooks', body(url))
    expectProblem(t, rejected, 'validation-failed', 400)
    t.match(rejected.body.errors, [{ pointer: '/url', message: /^must / }])
  }
  const { status, body: created } = await admin.post('/v1/admin/webhooks', body('https://hooks.example.com/'))
  t.equal(status, 201)
  expectProblem(
    t,
    await admin.patch(`/v1/admin/webhooks/${created.id}`, { url: 'https://127.0.0.1/' }),
    'validation-failed',
  )
})
