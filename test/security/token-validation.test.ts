// Invalid access tokens (RFC 8725), most of them signed with the real key and wrong in one detail.
import { createHmac, generateKeyPairSync, randomUUID, sign as signAsymmetric } from 'node:crypto'
import t from 'tap'
import { signMediaGrant } from '../../src/media/delivery/media-urls.js'
import { issueDeviceToken } from '../../src/security/device-tokens.js'
import type { KeyPurpose } from '../../src/security/key-ring.js'
import { startApp, containerOf } from '../support/app.js'
import { call } from '../support/requests.js'
import { signUp } from '../support/users.js'

type Json = Record<string, unknown>

const encode = (value: unknown): string =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url')
const KEYS_PAIR = generateKeyPairSync('rsa', { modulusLength: 2_048 })

t.test('only valid access tokens are accepted', async (t) => {
  const { app } = await startApp(t)
  const kim = await signUp(app)
  const { keys } = containerOf(app)
  const [headText = '', payloadText = '', mac = ''] = kim.token.split('.')
  const head = JSON.parse(Buffer.from(headText, 'base64url').toString()) as Json
  const claims = JSON.parse(Buffer.from(payloadText, 'base64url').toString()) as Json
  const seconds = Math.floor(Date.now() / 1_000)

  const hmac = (text: string, purpose: KeyPurpose = 'access', hash = 'sha256'): string =>
    createHmac(hash, keys.current(purpose).key).update(text).digest('base64url')
  /** Signs a token with the real key; only the changes differ from a valid one. */
  function forge (changes: { head?: Json, claims?: Json, purpose?: KeyPurpose, hash?: string } = {}): string {
    const text = `${encode({ ...head, ...changes.head })}.${encode({ ...claims, ...changes.claims })}`
    return `${text}.${hmac(text, changes.purpose, changes.hash)}`
  }
  function forgeWithKey (header: Json, key: string | Buffer, hash = 'sha256'): string {
    const text = `${encode({ ...head, ...header })}.${payloadText}`
    return `${text}.${createHmac(hash, key).update(text).digest('base64url')}`
  }
  const rsaText = `${encode({ ...head, alg: 'RS256' })}.${payloadText}`
  const rsa = `${rsaText}.${signAsymmetric('sha256', Buffer.from(rsaText), KEYS_PAIR.privateKey).toString('base64url')}`
  const publicPem = KEYS_PAIR.publicKey.export({ type: 'spki', format: 'pem' }).toString()
  const jwk = { kty: 'oct', k: Buffer.alloc(32, 7).toString('base64url') }
  const lease = {
    account: kim.accountId,
    profile: kim.profileId,
    lease: '665f1c2e9b1e8a0012ab34cd',
    expiresAt: Date.now() + 60_000,
  }

  const corpus: Array<[what: string, token: string]> = [
    ...['none', 'None', 'NONE', 'nOnE', '', 'none '].flatMap((alg): Array<[string, string]> => [
      [`alg "${alg}", no signature`, `${encode({ ...head, alg })}.${payloadText}.`],
      [`alg "${alg}", the signature of another token`, `${encode({ ...head, alg })}.${payloadText}.${mac}`],
    ]),
    ...['hs256', 'HS384', 'HS512', 'RS256', 'PS256', 'ES256', 'EdDSA', null, 256, ['HS256']].map((
      alg,
    ): [string, string] => [`alg ${JSON.stringify(alg)}`, forge({ head: { alg } })]),
    ['HS512, signed with HS512', forge({ head: { alg: 'HS512' }, hash: 'sha512' })],
    ['HS384, signed with HS384', forge({ head: { alg: 'HS384' }, hash: 'sha384' })],
    ['RS256 with another key', rsa],
    ['HS256 with a public key as the secret', forgeWithKey({}, publicPem)],
    ...[
      '../../dev/null',
      '/dev/null',
      '/proc/self/environ',
      "x' UNION SELECT 'k'--",
      'unknown',
      '',
      'dev\0',
      ' dev',
      'DEV',
      '__proto__',
      'constructor',
      'http://127.0.0.1/key',
      'x'.repeat(5_000),
    ].map((kid): [string, string] => [`kid ${JSON.stringify(kid.slice(0, 24))}`, forge({ head: { kid } })]),
    ...[['dev'], { $ne: '' }, 0, true, null].map((
      kid,
    ): [string, string] => [`kid ${JSON.stringify(kid)}`, forge({ head: { kid } })]),
    ['kid /dev/null, signed with the empty key', forgeWithKey({ kid: '/dev/null' }, '')],
    ['kid unknown, signed with "undefined"', forgeWithKey({ kid: 'x' }, 'undefined')],
    ...(['refresh', 'media', 'cursor', 'device', 'throttle'] as const).map((
      purpose,
    ): [string, string] => [`signed with the key for ${purpose}`, forge({ purpose })]),
    ['a refresh token', kim.refreshToken],
    ['a media token', signMediaGrant(keys, { ...lease, file: 'f', item: 'i', maxHeight: 480 })],
    ['a device token', issueDeviceToken(keys, kim.accountId)],
    ['expired', forge({ claims: { exp: seconds - 1 } })],
    ['expired long ago', forge({ claims: { exp: 1 } })],
    ['not yet valid', forge({ claims: { nbf: seconds + 600 } })],
    ...['900', null, {}, true].map((
      exp,
    ): [string, string] => [`exp ${JSON.stringify(exp)}`, forge({ claims: { exp } })]),
    ...['other', '', null, ['other'], 'normflix-api.example.com', { $ne: '' }].map((
      aud,
    ): [string, string] => [`aud ${JSON.stringify(aud)}`, forge({ claims: { aud } })]),
    ...['other', '', null, 'https://normflix', 'normflix '].map((
      iss,
    ): [string, string] => [`iss ${JSON.stringify(iss)}`, forge({ claims: { iss } })]),
    ...['JWT', '', null, 'rt+jwt', 'at+jwt;x', undefined].map((
      typ,
    ): [string, string] => [`typ ${JSON.stringify(typ)}`, forge({ head: { typ } })]),
    ...['iss', 'aud', 'sub', 'sid', 'jti', 'iat', 'exp', 'role'].map((
      name,
    ): [string, string] => [`without ${name}`, forge({ claims: { [name]: undefined } })]),
    ...[{ $ne: '' }, ['x'], 1, null, '', 'x', '665f1c2e9b1e8a0012ab34cd'].flatMap((value): Array<[string, string]> => [
      [`sub ${JSON.stringify(value)}`, forge({ claims: { sub: value } })],
      [`sid ${JSON.stringify(value)}`, forge({ claims: { sid: value } })],
    ]),
    ['an unknown critical extension', forge({ head: { crit: ['x-ours'], 'x-ours': 1 } })],
    ['b64 left out', forge({ head: { crit: ['b64'], b64: false } })],
    ['a key in the header', forgeWithKey({ jwk, kid: undefined }, Buffer.alloc(32, 7))],
    ['the URL of a key', forgeWithKey({ jku: 'http://127.0.0.1:1/keys', kid: 'evil' }, 'evil')],
    ['the URL of a certificate', forgeWithKey({ x5u: 'http://127.0.0.1:1/cert' }, 'evil')],
    ['a certificate', forgeWithKey({ x5c: [encode(publicPem)] }, publicPem)],
    ['signature stripped', `${headText}.${payloadText}.`],
    ['no third part', `${headText}.${payloadText}`],
    ['signature cut', kim.token.slice(0, -4)],
    ['signature with spare bits', spareBits(kim.token)],
    ['signature longer', `${kim.token}AAAA`],
    ['signature of zeros', `${headText}.${payloadText}.${'A'.repeat(43)}`],
    ['another payload with the same signature', `${headText}.${encode({ ...claims, role: 'admin' })}.${mac}`],
    ['two dots more', `${kim.token}..`],
    ['dots doubled', kim.token.replaceAll('.', '..')],
    ['five parts', `${kim.token}.a.b`],
    ['dots alone', '..'],
    ['one dot', '.'],
    ['padding', `${kim.token}=`],
    ['a null payload', signed('null')],
    ['an array as payload', signed('[]')],
    ['a payload that is not JSON', signed('{')],
    ['a number as payload', signed('1')],
    ['a header that is not JSON', `${encode('{')}.${payloadText}.${mac}`],
    ['header null', `${encode('null')}.${payloadText}.${mac}`],
    ['huge', 'A'.repeat(12_000)],
    ['huge claims', forge({ claims: { x: 'A'.repeat(6_000), exp: 1 } })],
    ['deep', signed('['.repeat(3_000) + ']'.repeat(3_000))],
    ['unicode', 'ï.ñ.ü'],
    ['percent', '%00.%2e.%2e'],
    ['prototype', `${encode('{"__proto__":{"alg":"HS256"}}')}.${payloadText}.${mac}`],
    ['signed by another service', forgeWithKey({}, randomUUID())],
  ]
  function signed (payload: string): string {
    const text = `${headText}.${encode(payload)}`
    return `${text}.${hmac(text)}`
  }

  t.equal(
    (await call(app, 'GET', '/v1/account', { token: forge({}) })).status,
    200,
    'an unchanged token is valid',
  )
  const bodies = new Set<string>()
  let accepted = 0
  for (const [what, token] of corpus) {
    const { status, body, headers } = await call(app, 'GET', '/v1/account', { token })
    if (status < 400) accepted++
    t.equal(status, 401, what)
    if (!String(headers['www-authenticate']).startsWith('Bearer')) t.fail(`${what}: no WWW-Authenticate`)
    bodies.add(JSON.stringify({ ...body, requestId: '' }))
  }
  for (
    const authorization of [
      `Basic ${kim.token}`,
      `bearer${kim.token}`,
      kim.token,
      'Bearer',
      'Bearer ',
      `Bearer ${kim.token} x`,
      `Token ${kim.token}`,
      `Bearer: ${kim.token}`,
    ]
  ) {
    const { status, body } = await call(app, 'GET', '/v1/account', { headers: { authorization } })
    t.equal(status, 401, `the header ${authorization.slice(0, 12)} …`)
    bodies.add(JSON.stringify({ ...body, requestId: '' }))
  }
  t.equal(
    (await call(app, 'GET', `/v1/account?token=${kim.token}&access_token=${kim.token}`)).status in { 400: 1, 401: 1 },
    true,
    'a token in the URL is ignored',
  )
  t.ok(corpus.length >= 60)
  t.equal(bodies.size, 1, 'all receive the same response')
  t.equal(accepted, 0)
  t.comment(`${corpus.length} invalid tokens, ${accepted} accepted, ${bodies.size} response`)
})

/** Changes the two unused bits in the last base64url character of 32 bytes. */
function spareBits (token: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
  return token.slice(0, -1) + (alphabet[alphabet.indexOf(token.slice(-1)) ^ 1] ?? 'A')
}
