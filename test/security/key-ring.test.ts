import { hkdfSync } from 'node:crypto'
import t from 'tap'
import { createKeyRing, type KeyPurpose } from '../../src/security/key-ring.js'

const OLD = { kid: 'y2023', secret: 'Hq2mVx8Lr5Ks0Tn7Wd4Bz9Yc3Jf6Gp1A' }
const NEW = { kid: 'y2024', secret: 'q8Zr4vT1yX6mB3nK9pL2sD7fG5hJ0wEu' }
const PURPOSES: KeyPurpose[] = ['access', 'refresh', 'media', 'cursor', 'device', 'throttle']

t.test('each purpose and each secret has its own key, which is not the secret', async (t) => {
  const keys = createKeyRing([NEW, OLD])
  const all = [NEW, OLD].flatMap((
    { kid, secret },
  ) => [secret, ...PURPOSES.map((purpose) => keys.find(purpose, kid)?.toString('hex'))])
  t.equal(new Set(all).size, 2 * (PURPOSES.length + 1))
  t.notOk(all.includes(undefined))
})

t.test('the first key signs, and every key in the ring verifies', async (t) => {
  const before = createKeyRing([OLD]).current('access')
  const during = createKeyRing([NEW, OLD])
  t.equal(during.current('access').kid, NEW.kid)
  t.same(during.find('access', before.kid), before.key)
  t.equal(createKeyRing([NEW]).find('access', before.kid), null)
})

t.test('an unknown key ID finds no key', async (t) => {
  const keys = createKeyRing([NEW])
  for (const kid of ['', 'Y2024', 'y2024 ', '__proto__', 'constructor', '../y2024', 'y2024\0', 'x'.repeat(100_000)]) {
    t.equal(keys.find('access', kid), null)
  }
})

t.test('keys are derived by HKDF-SHA-256, the same in every process', async (t) => {
  t.same(
    createKeyRing([NEW]).current('media').key,
    Buffer.from(hkdfSync('sha256', NEW.secret, 'normflix', 'media', 32)),
  )
})

t.test('a ring without keys is rejected', async (t) => {
  t.throws(() => createKeyRing([]), /at least one/)
})
