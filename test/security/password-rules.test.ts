import fc from 'fast-check'
import t from 'tap'
import { checkPassword } from '../../src/security/password-rules.js'

const RULES = { email: 'anna.lovelace@harbour-mail.example', minLength: 8 }
const codeOf = (password: string, rules = RULES): string | null => checkPassword(password, rules)?.code ?? null

t.test('all characters are allowed, without composition rules', async (t) => {
  for (
    const password of [
      'lantern owl seven',
      'ქართული ენა',
      '🎬🍿🎥📽️🎞️🦉🏮',
      'zq¶ vø ∂ƒ~',
      'kgwmtbxrhz',
      '8427150693',
      '  . , ; ?!',
      'Xy\0\t\nlantern',
    ]
  ) {
    t.equal(codeOf(password), null, JSON.stringify(password))
  }
})

t.test('lengths are counted in code points after NFKC', async (t) => {
  const text = (length: number): string =>
    Array.from({ length }, (_, at) => '🦉🏮🎬'.slice((at % 3) * 2, (at % 3) * 2 + 2)).join('')
  t.equal(codeOf(text(7)), 'password-too-short')
  t.equal(codeOf(text(8)), null)
  t.equal(codeOf(text(128)), null)
  t.equal(codeOf(text(129)), 'password-too-long')
  t.equal(codeOf(text(14), { ...RULES, minLength: 15 }), 'password-too-short')
  t.equal(codeOf('e\u0301a\u0301o\u0301u\u0301'), 'password-too-short', 'eight code points that form four letters')
  t.match(checkPassword('', { ...RULES, minLength: 12 }), { message: 'must have at least 12 characters' })
})

t.test('common passwords are rejected', async (t) => {
  for (
    const password of [
      'password',
      'PassWord',
      'password1',
      '12345678',
      '1234567890',
      'qwertyuiop',
      'iloveyou',
      'trustno1',
      'p4ssw0rd',
      'abandonment',
      'ｐａｓｓｗｏｒｄ',
      'aaaaaaaaaaaa',
      '🦉🦉🦉🦉🦉🦉🦉🦉',
      'abababababab',
    ]
  ) {
    t.match(
      checkPassword(password, RULES),
      { code: 'password-common', message: /too common/ },
      password,
    )
  }
})

t.test('a password that consists of the email or the service name is rejected', async (t) => {
  for (
    const password of [
      'anna.lovelace@harbour-mail.example',
      'Anna.Lovelace',
      'annalovelace',
      'lovelace-anna',
      'Lovelace1815',
      'lovelace!!!!!!!',
      'anna2187',
      'harbour-mail',
      'HarbourMail99',
      'normflix',
      'NormFlix!',
      'normflix-2024',
      'normflix1234567',
      '2024normflix',
      'normflixnormflix',
      'ＮｏｒｍＦｌｉｘ１',
    ]
  ) {
    t.match(
      checkPassword(password, RULES),
      { code: 'password-personal', message: /your email address or the name of this service/ },
      password,
    )
  }
})

t.test('a name in a longer password is allowed', async (t) => {
  for (const password of ['anna keeps bees', 'normflix and chips', 'lovelace wrote programs', 'the harbour is foggy']) {
    t.equal(codeOf(password), null, password)
  }
  t.equal(
    codeOf('jo-lantern-7', { ...RULES, email: 'jo@a.example' }),
    null,
    'short parts of an email are ignored',
  )
})

t.test('the email of another account has no effect, and neither has an unusual email', async (t) => {
  t.equal(codeOf('Lovelace1815', { ...RULES, email: 'grace@hopper.example' }), null)
  for (const email of ['', '@', 'x', '(.*)@[^a]', '\ud800@']) {
    t.equal(codeOf('lantern owl seven', { ...RULES, email }), null, email)
  }
})

t.test('no text makes the rules throw, and the result does not depend on the Unicode normal form', async () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary', maxLength: 140 }),
      fc.string({ unit: 'binary', maxLength: 40 }),
      (password, email) =>
        codeOf(password, { ...RULES, email }) === codeOf(password.normalize('NFD'), { ...RULES, email }),
    ),
    { numRuns: 500 },
  )
})
