// Password rules: long enough, anything goes, but not what everybody tries and not one's own address; with the reason.
import fc from 'fast-check'
import t from 'tap'
import { checkPassword } from '../../src/security/password-rules.js'

const RULES = { email: 'anna.lovelace@harbour-mail.example', minLength: 8 }
const codeOf = (password: string, rules = RULES): string | null => checkPassword(password, rules)?.code ?? null

t.test('any characters are taken, without rules of composition', async (t) => {
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

t.test('lengths are counted in code points, after NFKC: one below, at, and above each bound', async (t) => {
  const text = (length: number): string =>
    Array.from({ length }, (_, at) => '🦉🏮🎬'.slice((at % 3) * 2, (at % 3) * 2 + 2)).join('')
  t.equal(codeOf(text(7)), 'password-too-short')
  t.equal(codeOf(text(8)), null)
  t.equal(codeOf(text(128)), null)
  t.equal(codeOf(text(129)), 'password-too-long')
  t.equal(codeOf(text(14), { ...RULES, minLength: 15 }), 'password-too-short')
  t.equal(codeOf('e\u0301a\u0301o\u0301u\u0301'), 'password-too-short', 'eight code points that are four letters')
  t.match(checkPassword('', { ...RULES, minLength: 12 }), { message: 'needs at least 12 characters' })
})

t.test('what everybody tries first is refused and told why', async (t) => {
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
      { code: 'password-common', message: /first that anybody would try/ },
      password,
    )
  }
})

t.test("what is made of the address or of the product's name is refused and told why", async (t) => {
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
      { code: 'password-personal', message: /your address or of our name/ },
      password,
    )
  }
})

t.test('a name inside a longer password does no harm', async (t) => {
  for (const password of ['anna keeps bees', 'normflix and chips', 'lovelace wrote programs', 'the harbour is foggy']) {
    t.equal(codeOf(password), null, password)
  }
  t.equal(
    codeOf('jo-lantern-7', { ...RULES, email: 'jo@a.example' }),
    null,
    'short parts of an address count for nothing',
  )
})

t.test("another's address is no reason, and no address at all none either", async (t) => {
  t.equal(codeOf('Lovelace1815', { ...RULES, email: 'grace@hopper.example' }), null)
  for (const email of ['', '@', 'x', '(.*)@[^a]', '\ud800@']) {
    t.equal(codeOf('lantern owl seven', { ...RULES, email }), null, email)
  }
})

t.test('no text makes the rules throw, and what they say does not depend on how letters are composed', async () => {
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
