import fc from 'fast-check'
import { randomInt } from 'node:crypto'
import t from 'tap'
import { createUserCode, formatUserCode, parseUserCode } from '../../src/domain/user-codes.js'

t.test('a code has eight letters without vowels, digits and look-alikes', async (t) => {
  for (let i = 0; i < 200; i++) {
    const code = createUserCode(randomInt)
    t.match(code, /^[BCDFGHJKLMNPQRSTVWXZ]{8}$/)
    t.equal(parseUserCode(formatUserCode(code)), code)
  }
})

t.test('case, spaces and hyphens do not matter', async (t) => {
  for (const text of ['WDJB-MJHT', 'wdjbmjht', ' wdjb mjht ', 'WDJB–MJHT', 'w d j b_m.j.h.t']) {
    t.equal(parseUserCode(text), 'WDJBMJHT', text)
  }
})

t.test('any other text is no code', async (t) => {
  for (const text of ['', 'WDJB-MJH', 'WDJB-MJHTT', 'ADJB-MJHT', 'WDJB-MJH1', 'WDJB/MJHT']) {
    t.equal(parseUserCode(text), null, text)
  }
  fc.assert(fc.property(fc.string(), (text) => {
    const code = parseUserCode(text)
    return code === null || /^[BCDFGHJKLMNPQRSTVWXZ]{8}$/.test(code)
  }))
})
