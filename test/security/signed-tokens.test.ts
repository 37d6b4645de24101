import fc from 'fast-check'
import t from 'tap'
import { computeMac, decodeBase64Url, isValidMac } from '../../src/security/signed-tokens.js'

const KEY = Buffer.alloc(32, 7)

t.test('base64url has one spelling', async (t) => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      const text = Buffer.from(bytes).toString('base64url')
      return decodeBase64Url(text)?.equals(bytes) === true && decodeBase64Url(`${text}=`) === null
    }),
  )
  t.same(decodeBase64Url('AA'), Buffer.from([0]))
  for (const text of ['AB', 'AA==', 'A', 'A A', 'A+', 'A/', 'AA\n', '💥']) t.equal(decodeBase64Url(text), null, text)
})

t.test('a MAC is valid for its own message, key and length only', async (t) => {
  const mac = computeMac(KEY, ['one', Buffer.from('two')])
  t.equal(mac.length, 32)
  t.ok(isValidMac(KEY, ['one', 'two'], mac))
  t.ok(isValidMac(KEY, ['one', 'two'], computeMac(KEY, ['one', 'two'], 16), 16))
  t.notOk(isValidMac(KEY, ['one', 'two'], mac.subarray(0, 16)), 'a truncated MAC')
  t.notOk(isValidMac(KEY, ['one', 'two'], mac.subarray(0, 0), 16), 'an empty MAC')
  t.notOk(isValidMac(KEY, ['one', 'two'], mac, 16), 'a longer MAC')
  t.notOk(isValidMac(KEY, ['one', 'three'], mac), 'another message')
  t.notOk(isValidMac(Buffer.alloc(32, 8), ['one', 'two'], mac), 'another key')
  t.notOk(isValidMac(null, ['one', 'two'], mac), 'an unknown key')
  t.notOk(isValidMac(KEY, ['one', 'two'], null), 'no MAC')
})
