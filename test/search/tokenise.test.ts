import t from 'tap'
import { isStopWord, tokenise } from '../../src/search/tokenise.js'

const words = (text: string): string[] => tokenise(text).map(({ word }) => word)

t.test('different spellings of a word give the same words', async (t) => {
  for (
    const [a, b] of [
      ['M*A*S*H', 'mash'],
      ['S.W.A.T.', 'swat'],
      ['ゲーム', 'げーむ'],
      ['ｹﾞｰﾑ', 'ゲーム'],
      ['ゲーム', 'ゲーム'.normalize('NFD')],
      ['شـاب', 'شاب'],
      ['👍🏽', '👍'],
      ['❤️', '❤'],
      ['Amélie', 'AMELIE'],
    ] as const
  ) {
    t.strictSame(words(a), words(b), `${a} and ${b}`)
  }
})

t.test('different words stay different', async (t) => {
  for (const [a, b] of [['दिल', 'दल'], ['かき', 'がき'], ['ม้า', 'มา'], ['កិ', 'កា'], ['👻', '🎬']] as const) {
    t.not(words(a).join(' '), words(b).join(' '), `${a} and ${b}`)
  }
})

t.test('an emoji is a word with little weight, at its position in the text', async (t) => {
  t.strictSame(tokenise('The 👻 Movie')[1], { word: '👻', start: 4, end: 6 })
  t.strictSame(words('👨‍👩‍👧 🇩🇪 Ghost™'), ['👨‍👩‍👧', '🇩🇪', 'ghost'])
  t.ok(isStopWord('👻'))
  t.notOk(isStopWord('दिल'))
})

t.test('scripts without spaces give pairs of letters with their marks', async (t) => {
  t.strictSame(words('千と千尋'), ['千と', 'と千', '千尋'])
  t.strictSame(tokenise('𠮷野家').map(({ start, end }) => [start, end]), [[0, 3], [2, 4]])
  t.strictSame(tokenise('កិកាកី').map(({ start, end }) => [start, end]), [[0, 4], [2, 6]])
})
