import fc from 'fast-check'
import t from 'tap'
import { createKeyRing } from '../../src/security/key-ring.js'
import {
  formatRefreshToken,
  isGenuineRefreshToken,
  parseRefreshToken,
  type RefreshTokenSource,
} from '../../src/security/refresh-tokens.js'

const OLD = { kid: 'y2023', secret: 'Hq2mVx8Lr5Ks0Tn7Wd4Bz9Yc3Jf6Gp1A' }
const NEW = { kid: 'y2024', secret: 'q8Zr4vT1yX6mB3nK9pL2sD7fG5hJ0wEu' }
const keys = createKeyRing([NEW, OLD])
const SESSION: RefreshTokenSource = {
  sessionId: '65f0c0ffee0000000000000a',
  generation: 3,
  seed: 'b3Yx0nQm5tKc8Jr2',
  kid: NEW.kid,
}
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.=+/ %\0\n'
const sessions = fc.record({
  sessionId: fc.stringMatching(/^[0-9a-f]{24}$/),
  generation: fc.integer({ min: 0, max: 0xffff_ffff }),
  seed: fc.stringMatching(/^[\w-]{43}$/),
  kid: fc.constantFrom(NEW.kid, OLD.kid),
})

/** True when a service would accept the token for a stored session. */
function isAccepted (token: string, session: Pick<RefreshTokenSource, 'seed' | 'kid'>, ring = keys): boolean {
  const parsed = parseRefreshToken(token)
  return parsed !== null && isGenuineRefreshToken(ring, parsed, session)
}

t.test('a token contains its session and generation, and can be recomputed', async (t) => {
  fc.assert(
    fc.property(sessions, (session) => {
      const token = formatRefreshToken(keys, session)
      const parsed = parseRefreshToken(token)
      t.match(token, /^r1\.[\w-]{64}$/)
      t.match(parsed, { sessionId: session.sessionId, generation: session.generation })
      t.ok(isAccepted(token, session))
      t.equal(formatRefreshToken(keys, session), token)
    }),
    { numRuns: 200 },
  )
})

t.test('a token with one changed character is rejected', async (t) => {
  const token = formatRefreshToken(keys, SESSION)
  let accepted = 0
  for (let at = 0; at < token.length; at++) {
    for (const character of ALPHABET) {
      if (character !== token[at] && isAccepted(token.slice(0, at) + character + token.slice(at + 1), SESSION)) {
        accepted++
      }
    }
  }
  t.equal(accepted, 0, `${token.length * (ALPHABET.length - 1)} changed tokens`)
})

t.test('a token with added, removed or swapped characters is rejected', async () => {
  fc.assert(
    fc.property(
      sessions,
      fc.nat(),
      fc.nat(),
      fc.string({ minLength: 1, maxLength: 4, unit: 'binary' }),
      (session, from, to, text) => {
        const token = formatRefreshToken(keys, session)
        const [a, b] = [from % token.length, to % token.length]
        const swapped = [...token]
        swapped[a] = token[b]!
        swapped[b] = token[a]!
        return [token.slice(0, a) + text + token.slice(a), token.slice(0, a) + token.slice(a + 1), swapped.join('')]
          .every((other) => other === token || !isAccepted(other, session))
      },
    ),
    { numRuns: 500 },
  )
})

t.test('a token of another session, seed or key is rejected', async (t) => {
  fc.assert(
    fc.property(sessions, sessions, (one, other) => {
      fc.pre(one.seed !== other.seed)
      return !isAccepted(formatRefreshToken(keys, one), other)
    }),
    { numRuns: 200 },
  )
  t.notOk(isAccepted(formatRefreshToken(keys, { ...SESSION, kid: OLD.kid }), SESSION))
})

t.test('a session keeps its key until that key leaves the ring', async (t) => {
  const session = { ...SESSION, kid: OLD.kid }
  const token = formatRefreshToken(createKeyRing([OLD]), session)
  t.ok(isAccepted(token, session, createKeyRing([NEW, OLD])))
  t.equal(formatRefreshToken(createKeyRing([NEW, OLD]), session), token)
  t.notOk(isAccepted(token, session, createKeyRing([NEW])))
  t.throws(() => formatRefreshToken(createKeyRing([NEW]), session), /not in the ring/)
})

t.test('hostile text is not a token, and nothing throws', async (t) => {
  const token = formatRefreshToken(keys, SESSION)
  const body = token.slice(3)
  const texts = [
    '',
    '.',
    'r1',
    'r1.',
    body,
    `r0.${body}`,
    `r2.${body}`,
    `R1.${body}`,
    `r1.${body}.`,
    `r1..${body}`,
    `.r1.${body}`,
    `r1.${body}=`,
    `r1.${body}\n`,
    ` ${token}`,
    `r1.${'A'.repeat(63)}`,
    `r1.${'A'.repeat(65)}`,
    `r1.${'A'.repeat(1_000_000)}`,
    '.'.repeat(1_000_000),
    'r1.'.repeat(300_000),
    '\0',
    '\ud800',
    '💥'.repeat(32),
    'eyJhbGciOiJub25lIn0.e30.',
  ]
  for (const text of texts) t.equal(parseRefreshToken(text), null, JSON.stringify(text.slice(0, 40)))
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 200 }), fc.uint8Array({ maxLength: 100 }), (text, bytes) => {
      const fits = bytes.length === 48
      return !isAccepted(text, SESSION) && !isAccepted(`r1.${text}`, SESSION) &&
        (fits || parseRefreshToken(`r1.${Buffer.from(bytes).toString('base64url')}`) === null)
    }),
    { numRuns: 500 },
  )
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: 48, maxLength: 48 }),
      (bytes) => !isAccepted(`r1.${Buffer.from(bytes).toString('base64url')}`, SESSION),
    ),
    { numRuns: 500 },
  )
})

t.test('an invalid session ID or generation cannot be formatted', async (t) => {
  for (const sessionId of ['', '65f0', 'z5f0c0ffee0000000000000a', '65f0c0ffee0000000000000a00']) {
    t.throws(() => formatRefreshToken(keys, { ...SESSION, sessionId }), TypeError)
  }
  for (const generation of [-1, 2 ** 32]) {
    t.throws(() => formatRefreshToken(keys, { ...SESSION, generation }), RangeError)
  }
})
