// Media tokens: only unchanged, unexpired tokens that the service signed are valid.
import { createHmac } from 'node:crypto'
import fc from 'fast-check'
import t from 'tap'
import {
  readHlsGrant,
  readMediaGrant,
  readSidecarGrant,
  signHlsGrant,
  signMediaGrant,
  signSidecarGrant,
  type MediaGrant,
} from '../../../src/media/delivery/media-urls.js'
import { createKeyRing } from '../../../src/security/key-ring.js'

const keys = createKeyRing([{ kid: 'k1', secret: 'q8Zr4vT1yX6mB3nK9pL2sD7fG5hJ0wEu' }])
const now = new Date('2024-05-01T12:00:00Z')
const id = fc.stringMatching(/^[0-9a-f]{24}$/)
const grants = fc.record({
  file: id,
  item: id,
  account: id,
  profile: id,
  lease: id,
  maxHeight: fc.constantFrom(480, 1080, 2160),
  expiresAt: fc.integer({ min: now.getTime() + 1, max: now.getTime() + 86_400_000 }),
})
const grant: MediaGrant = {
  file: '65f0c0ffee0000000000000a',
  item: '65f0c0ffee0000000000000b',
  account: '65f0c0ffee0000000000000c',
  profile: '65f0c0ffee0000000000000d',
  lease: '65f0c0ffee0000000000000e',
  maxHeight: 1080,
  expiresAt: now.getTime() + 60_000,
}

t.test('a signed grant can be read', async (t) => {
  fc.assert(
    fc.property(grants, (one) => {
      t.same(readMediaGrant(keys, signMediaGrant(keys, one), now), one)
    }),
    { numRuns: 100 },
  )
  t.match(signMediaGrant(keys, grant), /^[\w.-]{1,500}$/, 'URLs need no escaping')
})

t.test('a token with any changed character is rejected', async (t) => {
  const token = signMediaGrant(keys, grant)
  const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.=+/ %'
  let accepted = 0
  for (let at = 0; at < token.length; at++) {
    for (const character of ALPHABET) {
      if (
        character !== token[at] &&
        readMediaGrant(keys, token.slice(0, at) + character + token.slice(at + 1), now) !== null
      ) accepted++
    }
  }
  t.equal(accepted, 0, `${token.length * (ALPHABET.length - 1)} changed tokens`)
})

t.test('a token with added, removed or swapped characters is rejected', async (t) => {
  fc.assert(
    fc.property(grants, fc.nat(), fc.nat(), fc.string({ minLength: 1, maxLength: 4 }), (one, from, to, text) => {
      const token = signMediaGrant(keys, one)
      const [a, b] = [from % token.length, to % token.length]
      const swapped = [...token]
      swapped[a] = token[b]!
      swapped[b] = token[a]!
      const changed = [
        token.slice(0, a) + text + token.slice(a),
        token.slice(0, a) + token.slice(a + 1),
        swapped.join(''),
      ]
      return changed.every((other) => other === token || readMediaGrant(keys, other, now) === null)
    }),
    { numRuns: 500 },
  )
  t.pass('500 tokens')
})

t.test('reading never throws', async (t) => {
  fc.assert(
    fc.property(
      fc.string(),
      fc.string(),
      (body, mac) =>
        readMediaGrant(keys, `m1.${body}.${mac}`, now) === null && readMediaGrant(keys, body, now) === null,
    ),
    { numRuns: 1_000 },
  )
  for (
    const body of [
      'null',
      '[]',
      '{}',
      '"x"',
      '[1,2,3,4,5,6,7,8]',
      '["k1"]',
      '[["k1"],2,3,4,5,6,7,8]',
      '["__proto__",2,3,4,5,6,7,8]',
    ]
  ) {
    t.equal(readMediaGrant(keys, `m1.${Buffer.from(body).toString('base64url')}.AAAA`, now), null, body)
  }
})

t.test('a token expires on time', async (t) => {
  const token = signMediaGrant(keys, grant)
  t.ok(readMediaGrant(keys, token, new Date(grant.expiresAt - 1)))
  t.equal(readMediaGrant(keys, token, new Date(grant.expiresAt)), null)
})

t.test('tokens that are signed with another secret or for another purpose are rejected', async (t) => {
  const others = createKeyRing([{ kid: 'k1', secret: 'u0EwJ5hG7fD2sL9pK3nB6mX1yT4vZr8q' }])
  t.equal(readMediaGrant(keys, signMediaGrant(others, grant), now), null)
  const [version, body] = signMediaGrant(keys, grant).split('.')
  for (const purpose of ['access', 'refresh', 'cursor', 'device', 'throttle'] as const) {
    const mac = createHmac('sha256', keys.current(purpose).key).update(`${version}.${body}`).digest('base64url')
    t.equal(readMediaGrant(keys, `${version}.${body}.${mac}`, now), null, purpose)
  }
})

t.test('after a key rotation tokens stay valid while the old key is in the ring', async (t) => {
  const token = signMediaGrant(keys, grant)
  const newKey = { kid: 'k2', secret: 'u0EwJ5hG7fD2sL9pK3nB6mX1yT4vZr8q' }
  t.ok(readMediaGrant(createKeyRing([newKey, { kid: 'k1', secret: 'q8Zr4vT1yX6mB3nK9pL2sD7fG5hJ0wEu' }]), token, now))
  t.equal(readMediaGrant(createKeyRing([newKey]), token, now), null)
})

t.test('a token is valid for its own kind only', async (t) => {
  const { file, item, maxHeight, ...lease } = grant
  const tokens = {
    m1: signMediaGrant(keys, grant),
    h1: signHlsGrant(keys, { ...lease, item, file, maxHeight, audio: 'es', subtitle: null }),
    s1: signSidecarGrant(keys, { ...lease, object: item }),
  }
  const readers = { m1: readMediaGrant, h1: readHlsGrant, s1: readSidecarGrant }
  t.same(readHlsGrant(keys, tokens.h1, now), { ...lease, item, file, maxHeight, audio: 'es', subtitle: null })
  t.same(readSidecarGrant(keys, tokens.s1, now), { ...lease, object: item })
  for (const [kind, token] of Object.entries(tokens)) {
    for (const [other, read] of Object.entries(readers)) {
      if (other === kind) continue
      t.equal(read(keys, token, now), null, `${kind} as ${other}`)
      t.equal(read(keys, token.replace(kind, other), now), null, `${kind} with the prefix ${other}`)
    }
    t.equal(
      readers[kind as keyof typeof readers](keys, token, new Date(grant.expiresAt)),
      null,
      'each kind expires on time',
    )
  }
})
