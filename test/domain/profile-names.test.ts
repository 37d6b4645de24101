import fc from 'fast-check'
import t from 'tap'
import { isVisibleName, profileNameKey } from '../../src/domain/profile-names.js'

/** Code points, because the test protocol splits lines at some of them. */
const describeName = (name: string): string => [...name].map((c) => c.codePointAt(0)?.toString(16)).join(' ')

t.test('a name needs a character that people can see', async (t) => {
  const invisible = [
    '\u3164',
    '\u3164\u3164 \u3164',
    '\u115f\u1160',
    '\uffa0',
    '\u2800',
    '\u2800\u3164\u200b',
    '\u{1d159}',
    '\u034f',
    '\u17b4\u17b5',
    '\u180e',
    '\u200b',
    '\u200d',
    '\u2060',
    '\ufe0f',
    '\ufeff',
    '\u00ad',
    '\u{e0041}\u{e007f}',
    '\u0301',
    '\u202e',
    ' ',
    '\u00a0\u3000',
    '',
  ]
  for (const name of invisible) t.notOk(isVisibleName(name), describeName(name))
  const broken = ['Kim\u0000', 'Kim\nLee', 'Kim\u2028Lee', 'Kim\u2029', 'Kim\u0085', 'Kim\ud800', '\udc00Kim']
  for (const name of broken) t.notOk(isVisibleName(name), describeName(name))
  const visible = [
    'Kim',
    '한글',
    'हिन्दी',
    '👩\u200d🚀',
    '❤\ufe0f',
    '.',
    '7',
    'नी',
    'می\u200cخواهم',
    '김\u3164',
    '🏴\u{e0067}\u{e007f}',
    '⠁',
  ]
  for (const name of visible) t.ok(isVisibleName(name), describeName(name))
})

t.test('names that differ only in case, width or invisible characters are the same', async (t) => {
  const same = [
    ['Kim', 'KIM', 'kim', 'Ｋｉｍ', ' Kim ', 'Ki\u200bm', 'K\u2060im'],
    ['Straße', 'STRASSE', 'strasse', 'STRAẞE', 'straſſe'],
    ['İpek', 'ipek', 'IPEK', 'ıpek', 'I\u0307pek', 'i\u0307pek'],
    ['ΟΔΥΣΣΕΥΣ', 'Οδυσσευς', 'οδυσσευσ'],
    ['Ёлка', 'ЁЛКА', 'Е\u0308лка'],
    ['ﬁn', 'FIN'],
    ['Ǆemal', 'ǆemal', 'ǅemal'],
    ['ŉ', 'ʼN'],
    ['Éva', 'éva', 'E\u0301VA'],
    ['ΐ', 'Ϊ\u0301'],
    ['ᾳ', 'ΑΙ'],
    ['Ꮳ', 'ꮳ'],
  ]
  for (const names of same) {
    t.equal(new Set(names.map(profileNameKey)).size, 1, names.map(describeName).join(', '))
  }
  const different = [['Eva', 'Éva'], ['Kim', 'Kym'], ['Jo', 'Jö'], ['दिल', 'दल'], ['が', 'か'], ['1', '２']]
  for (const [a = '', b = ''] of different) t.not(profileNameKey(a), profileNameKey(b), `${a} ${b}`)
})

t.test('the key of a name is stable under case and normalisation', async () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 30 }), (name) => {
      const key = profileNameKey(name)
      return profileNameKey(name.normalize('NFD')) === key && profileNameKey(name.toUpperCase()) === key &&
        profileNameKey(name.toLowerCase()) === key
    }),
    { numRuns: 5_000, seed: 12 },
  )
})
