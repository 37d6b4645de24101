import fc from 'fast-check'
import t from 'tap'
import { normaliseEmail, parseEmail } from '../../src/domain/email.js'

t.test('an email has one stored form', async (t) => {
  const cases: ReadonlyArray<readonly [text: string, stored: string]> = [
    ['kim@example.com', 'kim@example.com'],
    ['  Kim@Example.COM\t\r\n', 'kim@example.com'],
    ['\u00a0kim@example.com\u3000', 'kim@example.com'],
    ['\u200b\ufeffkim@example.com\u2060', 'kim@example.com'],
    ['\u2068kim@example.com\u2069', 'kim@example.com'],
    ['ｋｉｍ＠ｅｘａｍｐｌｅ．ｃｏｍ', 'kim@example.com'],
    ['kim@example。com', 'kim@example.com'],
    ['kim@münchen.example', 'kim@xn--mnchen-3ya.example'],
    ['kim@MÜNCHEN.example', 'kim@xn--mnchen-3ya.example'],
    ['kim@mu\u0308nchen.example', 'kim@xn--mnchen-3ya.example'],
    ['kim@XN--MNCHEN-3YA.example', 'kim@xn--mnchen-3ya.example'],
    ['kim@straße.example', 'kim@xn--strae-oqa.example'],
    ['kim@例え.テスト', 'kim@xn--r8jz45g.xn--zckzah'],
    ['kim@почта.рф', 'kim@xn--80a1acny.xn--p1ai'],
    ['jürgen@example.com', 'jürgen@example.com'],
    ['JU\u0308RGEN@example.com', 'jürgen@example.com'],
    ['用户@例子.公司', '用户@xn--fsqu00a.xn--55qx5d'],
    ["o'neil+tv.2026@mail.example.co.uk", "o'neil+tv.2026@mail.example.co.uk"],
    [`${'a'.repeat(64)}@example.com`, `${'a'.repeat(64)}@example.com`],
  ]
  for (const [text, stored] of cases) {
    t.equal(parseEmail(text), stored, JSON.stringify(text))
    t.equal(normaliseEmail(text), stored)
    t.equal(parseEmail(stored), stored, 'the stored form is stable')
  }
})

t.test('other texts are not emails', async (t) => {
  const texts = [
    '',
    ' ',
    'not-an-email',
    'kim',
    '@example.com',
    'kim@',
    'kim@@example.com',
    'kim@example@example.com',
    'kim@localhost',
    'kim@127.0.0.1',
    'kim@127.1',
    'kim@[127.0.0.1]',
    'kim@0x7f.1',
    'kim@example.123',
    'kim@example.com.',
    'kim@.example.com',
    'kim@example..com',
    'kim@-example.com',
    'kim@exam_ple.com',
    'kim@ex%61mple.com',
    'kim@example.com/path',
    'kim@example.com:25',
    'kim@xn--a.example',
    'kim @example.com',
    'kim@ example.com',
    'ki\u200bm@example.com',
    'ki\u0000m@example.com',
    'kim\r\nBcc: lee@example.com@example.com',
    '.kim@example.com',
    'kim.@example.com',
    'k..im@example.com',
    '"kim"@example.com',
    'Kim <kim@example.com>',
    'mailto:kim@example.com',
    'kim@example.com,lee@example.com',
    'kim@example.com lee@example.com',
    `${'a'.repeat(65)}@example.com`,
    `${'ü'.repeat(33)}@example.com`,
    `kim@${'a'.repeat(64)}.example`,
    `kim@${'a.'.repeat(130)}example`,
    '\ud800@example.com',
  ]
  for (const text of texts) t.equal(parseEmail(text), null, JSON.stringify(text))
})

t.test('a parsed email is stable, short and has no spaces', async () => {
  const text = fc.oneof(fc.string({ unit: 'grapheme' }), fc.emailAddress(), fc.string({ unit: 'binary' }))
  fc.assert(
    fc.property(text, (value) => {
      const email = parseEmail(value)
      return email === null || (parseEmail(email) === email && Buffer.byteLength(email) <= 254 && !/\s/.test(email))
    }),
    { numRuns: 2_000, seed: 12 },
  )
})
