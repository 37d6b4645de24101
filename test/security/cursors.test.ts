import fc from 'fast-check'
import t from 'tap'
import { DomainError } from '../../src/errors.js'
import { createCursorCodec } from '../../src/security/cursors.js'
import { createKeyRing } from '../../src/security/key-ring.js'

const OLD = { kid: 'y2023', secret: 'Hq2mVx8Lr5Ks0Tn7Wd4Bz9Yc3Jf6Gp1A' }
const NEW = { kid: 'y2024', secret: 'q8Zr4vT1yX6mB3nK9pL2sD7fG5hJ0wEu' }
const cursors = createCursorCodec(createKeyRing([NEW]))
const SCOPE = ['titles', { genre: 'drama' }, 'newest']
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.=+/ %\0\n'

/** True when the codec rejects a cursor; rethrows any other error. */
function isRejected (cursor: string, scope: unknown = SCOPE, codec = cursors): boolean {
  try {
    codec.decode(cursor, scope)
    return false
  } catch (error) {
    if (error instanceof DomainError && error.status === 400 && error.code === 'invalid-cursor') return true
    throw error
  }
}

t.test('a position is decoded unchanged, and a cursor needs no escaping in a URL', async (t) => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (position, scope) => {
      const cursor = cursors.encode(position, scope)
      t.match(cursor, /^[\w.-]+$/)
      t.equal(JSON.stringify(cursors.decode(cursor, scope)), JSON.stringify(position))
    }),
    { numRuns: 300 },
  )
})

t.test('a cursor with one changed character is rejected', async (t) => {
  const cursor = cursors.encode(['2024-05-01T12:00:00Z', '65f0c0ffee0000000000000a'], SCOPE)
  let accepted = 0
  for (let at = 0; at < cursor.length; at++) {
    for (const character of ALPHABET) {
      if (character !== cursor[at] && !isRejected(cursor.slice(0, at) + character + cursor.slice(at + 1))) accepted++
    }
  }
  t.equal(accepted, 0, `${cursor.length * (ALPHABET.length - 1)} changed cursors`)
})

t.test('a cursor of another list, filter or order is rejected', async (t) => {
  const cursor = cursors.encode([1], SCOPE)
  for (
    const other of [
      ['titles', { genre: 'comedy' }, 'newest'],
      ['titles', {}, 'newest'],
      ['titles', { genre: 'drama' }, 'oldest'],
      ['history', { genre: 'drama' }, 'newest'],
      'titles',
      null,
      [],
    ]
  ) {
    t.ok(isRejected(cursor, other), JSON.stringify(other))
  }
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), fc.jsonValue(), (position, one, other) => {
      fc.pre(JSON.stringify(one) !== JSON.stringify(other))
      return isRejected(cursors.encode(position, one), other)
    }),
    { numRuns: 300 },
  )
})

t.test('the border between scope and position cannot be shifted', async (t) => {
  t.not(cursors.encode('1', 'a').slice(0, 27), cursors.encode('', 'a\n1').slice(0, 27))
  t.ok(isRejected(cursors.encode('b', 'a'), 'a\n"b"'))
})

t.test('hostile text causes 400 invalid-cursor', async (t) => {
  const texts = [
    '',
    '.',
    '..',
    'y2024',
    'y2024.',
    'y2024.AAAA',
    `y2024.${'A'.repeat(22)}`,
    `y2024.${'A'.repeat(64)}`,
    '.AAAA',
    '__proto__.AAAA',
    'A'.repeat(1_000_000),
    `y2024.${'A'.repeat(1_000_000)}`,
    '\0',
    '\ud800',
    '💥.💥',
  ]
  for (const text of texts) t.ok(isRejected(text), JSON.stringify(text.slice(0, 30)))
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary' }),
      fc.uint8Array(),
      (text, bytes) =>
        isRejected(text) && isRejected(`y2024.${text}`) &&
        isRejected(`y2024.${Buffer.from(bytes).toString('base64url')}`),
    ),
    { numRuns: 500 },
  )
})

t.test('a cursor survives a change of the signing key, until its key leaves the ring', async (t) => {
  const cursor = createCursorCodec(createKeyRing([OLD])).encode([7], SCOPE)
  t.same(createCursorCodec(createKeyRing([NEW, OLD])).decode(cursor, SCOPE), [7])
  t.ok(isRejected(cursor, SCOPE))
  t.ok(
    isRejected(cursor.replace('y2023.', 'y2024.'), SCOPE, createCursorCodec(createKeyRing([NEW, OLD]))),
    'the ID of another key does not help',
  )
})
