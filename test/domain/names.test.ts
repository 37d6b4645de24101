// The identity of names, and folding for search and sorting.
import t from 'tap'
import { foldText, nameKey, slugify } from '../../src/domain/text.js'

/** Different names that are equal without their marks. */
const DIFFERENT_NAMES = [
  ['दिल', 'दल'],
  ['कल', 'काला'],
  ['राम', 'रमा'],
  ['কাল', 'কল'],
  ['মাছ', 'মছ'],
  ['கலை', 'கல்'],
  ['ਦਿਲ', 'ਦਲ'],
  ['កា', 'កិ'],
  ['មា', 'មី'],
  ['มา', 'ม้า'],
  ['ลาว', 'ล้าว'],
  ['မာ', 'မိ'],
  ['かき', 'がき'],
  ['ハハ', 'パパ'],
] as const
/** Different names that a search finds by each other. */
const ACCENTED_NAMES = [
  ['Ano', 'Año'],
  ['Hal', 'Hål'],
  ['Amelie', 'Amélie'],
  ['Ελλαδα', 'Ελλάδα'],
  ['Мой', 'Мои'],
  ['شَعر', 'شعر'],
  ['שָׁלוֹם', 'שלום'],
] as const
const EQUAL_NAMES = [
  ['Alien', 'ALIEN'],
  ['Amélie', 'AME\u0301LIE'],
  ['Ａｌｉｅｎ　３', 'alien 3'],
  ['ｶﾞﾝﾀﾞﾑ', 'ガンダム'],
  ['Straße', 'STRASSE'],
  ['ΟΔΟΣ', 'οδος'],
  ['İpek', 'ipek'],
  ['ﬁlm', 'Film'],
  [' Alien ', 'Alien'],
  ['Џоли', 'џоли'],
] as const

t.test('names that differ in accents, vowel signs or kana are different', async (t) => {
  for (const [a, b] of [...DIFFERENT_NAMES, ...ACCENTED_NAMES, ['Kapı', 'Kapi'], ['①', '1'], ['x²', 'x2']] as const) {
    t.not(nameKey(a), nameKey(b), `${a} and ${b}`)
    t.not(nameKey(a.normalize('NFD')), nameKey(b.normalize('NFD')), `${a} and ${b}, decomposed`)
  }
})

t.test('names that differ in case, width or Unicode normalisation are equal', async (t) => {
  for (const [a, b] of EQUAL_NAMES) {
    t.equal(nameKey(a), nameKey(b), `${a} and ${b}`)
    t.equal(nameKey(a), nameKey(a.normalize('NFD')), `${a}, decomposed`)
  }
})

t.test('folding ignores what readers leave out, and nothing else', async (t) => {
  for (const [a, b] of [...ACCENTED_NAMES, ...EQUAL_NAMES.filter(([a]) => !['Straße', 'ΟΔΟΣ'].includes(a))]) {
    t.equal(foldText(a), foldText(b), `${a} and ${b}`)
  }
  for (const [a, b] of DIFFERENT_NAMES) t.not(foldText(a), foldText(b), `${a} and ${b}`)
  t.equal(foldText('شـــاب'), foldText('شاب'), 'stretched letters')
  t.equal(foldText(`e${'\u0301'.repeat(100_000)}`), 'e', 'in time that is proportional to the length')
})

t.test('slugs keep vowel signs and accents, and contain no separators', async (t) => {
  t.strictSame(['Science Fiction', ' Action & Adventure! ', 'Comédie', 'दिल दल', 'が'].map(slugify), [
    'science-fiction',
    'action-adventure',
    'comédie',
    'दिल-दल',
    'が',
  ])
})
