// Subtitle files as they are found: encodings, broken SubRip, WebVTT of segmented streams.
import iconv from 'iconv-lite'
import t from 'tap'
import { createSubtitleReader } from '../../../src/media/sidecar/subtitle-reader.js'
import type { SubtitleSource } from '../../../src/media/sidecar/subtitle-worker.js'

const reader = createSubtitleReader()
t.teardown(async () => {
  await reader.close()
})

const cue = (text: string): string => `1\n00:00:01,000 --> 00:00:02,000\n${text}\n`

async function read (
  bytes: Buffer | string,
  options: Partial<SubtitleSource> = {},
): Promise<{ text: string, unreadableCues: number }> {
  const source = { bytes: Buffer.from(bytes), format: 'srt', language: 'en', charset: null, ...options } as const
  const { webVtt, unreadableCues } = await reader.readSubtitle(source)
  return { text: webVtt.toString(), unreadableCues }
}

/** The texts of the cues, without times. */
async function texts (bytes: Buffer | string, options: Partial<SubtitleSource> = {}): Promise<string[]> {
  const { text } = await read(bytes, options)
  return text.split('\n\n').slice(1).map((block) => block.split('\n').slice(1).join('\n').trimEnd())
}

t.test('a file without a stated encoding is read by its language', async (t) => {
  const samples: Array<[language: string, encoding: string, text: string]> = [
    ['en', 'windows-1252', 'It’s “quoted” – café … œ €'],
    ['de', 'windows-1252', 'Grüße, Ärger, Maß'],
    ['ru', 'windows-1251', 'Привет, как дела?'],
    ['ru', 'koi8-r', 'Привет, как дела? Меня зовут Иван.'],
    ['ru', 'cp866', 'Привет, как дела? Меня зовут Иван.'],
    ['uk', 'windows-1251', 'Добрий день, Їжаче'],
    ['bg', 'windows-1251', 'Здравей, свят'],
    ['sr', 'windows-1251', 'Здраво, како си?'],
    ['sr', 'windows-1250', 'Šta radiš? Čekam te.'],
    ['sr-Latn', 'windows-1250', 'Šta radiš? Čekam te.'],
    ['pl', 'windows-1250', 'Zażółć gęślą jaźń'],
    ['pl', 'iso-8859-2', 'Zażółć gęślą jaźń'],
    ['cs', 'windows-1250', 'Příliš žluťoučký kůň'],
    ['sk', 'windows-1250', 'Vôbec nič, ďakujem'],
    ['hu', 'windows-1250', 'Árvíztűrő tükörfúrógép'],
    ['ro', 'windows-1250', 'Şi ţara mă aşteaptă'],
    ['hr', 'windows-1250', 'Što se događa, čovječe?'],
    ['sl', 'windows-1250', 'Žiga, kaj počneš?'],
    ['el', 'windows-1253', 'Καλημέρα, τι κάνεις;'],
    ['tr', 'windows-1254', 'Işık, şöyle böyle değil'],
    ['he', 'windows-1255', 'שלום, מה שלומך?'],
    ['ar', 'windows-1256', 'مرحبا، كيف حالك؟'],
    ['fa', 'windows-1256', 'سلام، حال شما چطور است؟'],
    ['et', 'windows-1257', 'Õhtu, mööda šosseed'],
    ['lv', 'windows-1257', 'Labrīt, kā tev klājas?'],
    ['lt', 'windows-1257', 'Ačiū, viskas gerai, žmogau'],
    ['th', 'windows-874', 'สวัสดีครับ'],
    ['ja', 'shift_jis', 'こんにちは、元気ですか。東京です。'],
    ['ja', 'euc-jp', 'こんにちは、元気ですか。東京です。'],
    ['zh', 'gb18030', '你好，你在做什么？我们现在就走吧，不要再等他们了。'],
    ['zh-TW', 'big5', '你好，你在做什麼？我們現在就走吧，不要再等他們了。'],
    ['zh', 'big5', '你好，你在做什麼？我們現在就走吧，不要再等他們了。'],
    ['ko', 'euc-kr', '안녕하세요, 어디 가세요?'],
    ['pt-BR', 'windows-1252', 'Não é possível, coração'],
  ]
  for (const [language, encoding, text] of samples) {
    t.strictSame(await texts(iconv.encode(cue(text), encoding), { language }), [text], `${language}, ${encoding}`)
  }
})

t.test('Unicode is read in every form', async (t) => {
  const text = 'Žluťoučký 東京 😀'
  for (const encoding of ['utf-8', 'utf-16le', 'utf-16be', 'utf-32le'] as const) {
    t.strictSame(await texts(iconv.encode(cue(text), encoding, { addBOM: true })), [text], `${encoding} with a mark`)
  }
  for (const encoding of ['utf-8', 'utf-16le', 'utf-16be'] as const) {
    t.strictSame(await texts(iconv.encode(cue(text), encoding), { language: 'ru' }), [text], encoding)
  }
  const damaged = Buffer.from(cue(`${'Ž'.repeat(100)}?`))
  damaged[damaged.indexOf('?')] = 0xff
  t.match(await texts(damaged), [/^Ž{100}\ufffd$/], 'a damaged character does not change the encoding')
})

t.test('the charset of the content type takes precedence over the language', async (t) => {
  const bytes = iconv.encode(cue('Привет'), 'koi8-r')
  t.strictSame(await texts(bytes, { charset: 'KOI8-R' }), ['Привет'])
  t.strictSame(await texts(iconv.encode(cue('Ça'), 'latin1'), { charset: 'utf-8' }), ['Ça'], 'a wrong charset=utf-8')
  const webVtt = iconv.encode('WEBVTT\n\n00:01.000 --> 00:02.000\nПривет\n', 'windows-1251')
  t.match(await read(webVtt, { format: 'vtt', charset: 'windows-1251' }), { text: /\nПривет\n/ })
  await t.rejects(read(webVtt, { format: 'vtt', language: 'ru' }), { code: 'unreadable-subtitle', status: 422 })
  await t.rejects(read(bytes, { charset: 'x-klingon' }), { code: 'unreadable-subtitle', status: 422 })
})

t.test('an unlisted language is detected', async (t) => {
  const text = 'Привет, как дела? Меня зовут Иван, я живу в городе и работаю каждый день.'
  t.strictSame(await texts(iconv.encode(cue(text), 'windows-1251'), { language: 'tg' }), [text])
  t.strictSame(await texts(iconv.encode(cue('Café'), 'windows-1252'), { language: 'tg' }), ['Café'])
})

t.test('times are read in the forms that occur', async (t) => {
  const forms: Array<[times: string, expected: string]> = [
    ['0:0:1,0 --> 0:0:2,5', '00:00:01.000 --> 00:00:02.500'],
    ['00:00:01,000 -> 00:00:02,000', '00:00:01.000 --> 00:00:02.000'],
    ['00:00:01,000-->00:00:02,000', '00:00:01.000 --> 00:00:02.000'],
    ['00:00:01,000 – > 00:00:02,000', '00:00:01.000 --> 00:00:02.000'],
    ['00:00:01,000 —> 00:00:02,000', '00:00:01.000 --> 00:00:02.000'],
    ['00:00:01,000 --&gt; 00:00:02,000', '00:00:01.000 --> 00:00:02.000'],
    ['00: 00: 01, 000 --> 00: 00: 02, 000', '00:00:01.000 --> 00:00:02.000'],
    ['00:00:01:000 --> 00:00:02:250', '00:00:01.000 --> 00:00:02.250'],
    ['00:01.5 --> 00:02', '00:00:01.500 --> 00:00:02.000'],
    ['00:00:01,0009 --> 00:00:02,0004', '00:00:01.000 --> 00:00:02.000'],
    ['-00:00:01,000 --> 00:00:02,000', '00:00:00.000 --> 00:00:02.000'],
    ['00:00:-1,-500 --> 00:00:02,000', '00:00:00.000 --> 00:00:02.000'],
    ['\t 00:00:01,000\t-->\t00:00:02,000 X1:100 X2:200 Y1:10 Y2:20', '00:00:01.000 --> 00:00:02.000'],
    ['100:00:01,000 --> 100:00:02,000', '100:00:01.000 --> 100:00:02.000'],
  ]
  for (const [times, expected] of forms) {
    t.strictSame(await read(`1\n${times}\nOne\n`), { text: `WEBVTT\n\n${expected}\nOne\n`, unreadableCues: 0 }, times)
  }
})

t.test('SubRip with missing and superfluous lines keeps its texts', async (t) => {
  const first = '1\n00:00:01,000 --> 00:00:02,000\nOne'
  const second = '2\n00:00:03,000 --> 00:00:04,000\nTwo'
  t.strictSame(await texts(`${first}\n${second}\n`), ['One', 'Two'], 'no empty line between cues')
  t.strictSame(await texts(`${first}\n\nmore\n\n${second}\n\nend`), ['One\nmore', 'Two\nend'], 'an empty line in a cue')
  t.strictSame(await texts(`${first}\n\n\n\n2\n\n${second.slice(2)}`), ['One', 'Two'], 'an empty line below the number')
  t.strictSame(await texts(`${first}\n42\n\n${second}`), ['One\n42', 'Two'], 'a text that is a number')
  t.strictSame(
    await texts('00:00:01,000 --> 00:00:02,000\nOne\n\n7\n00:00:03,000 --> 00:00:04,000\nTwo'),
    ['One', 'Two'],
    'a single number',
  )
  t.strictSame(
    await texts([1, 2, 3, 4].map((i) => `00:00:0${i},000 --> 00:00:0${i},500\n${i * 10}\n`).join('')),
    ['10', '20', '30', '40'],
    'numbers as texts in a file without numbers',
  )
  t.strictSame(await texts(`${second}\n\n${first}`), ['One', 'Two'], 'cues in another order')
  t.match(await read(`WEBVTT\n\n${second}`), { text: /^WEBVTT\n\n2\n00:00:03.000 --> / }, 'WebVTT sent as SubRip')
  t.strictSame(await texts(cue('At 10:30 -> 11:45 --> go')), [
    'At 10:30 -&gt; 11:45 --&gt; go'.replace('-&gt; 11', '-> 11'),
  ])
})

t.test('line ends and control characters do not matter', async (t) => {
  const text = '1\n00:00:01,000 --> 00:00:02,000\nOne\nmore\n\n2\n00:00:03,000 --> 00:00:04,000\nTwo\n'
  const expected = ['One\nmore', 'Two']
  for (const [name, end] of [['CR LF', '\r\n'], ['CR', '\r'], ['CR CR LF', '\r\r\n'], ['NEL', '\u0085']] as const) {
    t.strictSame(await texts(text.replaceAll('\n', end)), expected, name)
  }
  t.strictSame(await texts(`${text}\x1a`), expected, 'Ctrl-Z at the end')
  t.strictSame(await texts(`\0${text}\0\0`), expected, 'NUL')
  t.strictSame(await texts(text.replace('One\nmore', 'One\vmore')), expected, 'a vertical tab')
  t.strictSame(await texts(text.replace('Two', 'T\x07wo')), expected, 'a bell')
})

t.test('cues that cannot be read are counted, and a file without a readable cue is rejected', async (t) => {
  const file = '1\n00:00:01,000 --> 00:00:02,000\nOne\n\n2\n00:00:xx,000 --> 00:00:04,000\nTwo\n\n' +
    '3\n00:00:06,000 --> 00:00:05,000\nThree\n\n4\n00:00:07,000 --> 00:00:08,000\nFour\n'
  const { text, unreadableCues } = await read(file)
  t.equal(unreadableCues, 2)
  t.notMatch(text, /Two|Three/)
  for (
    const invalid of ['', 'hello', '1\n00:00:02,000 --> 00:00:01,000\nx\n', '1\n-0:0:2,0 --> -0:0:1,0\nx\n', '\0\x1a']
  ) {
    await t.rejects(read(invalid), { code: 'unreadable-subtitle', status: 422 })
  }
})

t.test('WebVTT stays as it is, without a map to the times of a transport stream', async (t) => {
  const styled = 'WEBVTT - title\nKind: captions\n\nSTYLE\n::cue { color: red }\n\nNOTE a -> b\n\n1\n' +
    '00:01.000 --> 00:02.000 line:0\n<v Neo>Whoa.\n'
  t.strictSame(await read(styled, { format: 'vtt' }), { text: styled, unreadableCues: 0 })
  const mapped = 'WEBVTT\nX-TIMESTAMP-MAP=MPEGTS:900000,LOCAL:00:00:00.000\n\n00:01.000 --> 00:02.000\nOne\n'
  t.equal((await read(mapped, { format: 'vtt' })).text, 'WEBVTT\n\n00:01.000 --> 00:02.000\nOne\n')
  const loose = 'WEBVTT\n\n1\n0:00:01,5 --> 0:00:02,000 line:0\nOne\n2\n00:03.000 --> 00:02.000\nTwo\n'
  t.strictSame(await read(loose, { format: 'vtt' }), {
    text: 'WEBVTT\n\n1\n00:00:01.500 --> 00:00:02.000 line:0\nOne\n\n2\n00:03.000 --> 00:02.000\nTwo\n',
    unreadableCues: 1,
  })
  await t.rejects(read('WEBVTT\n\nNOTE nothing\n', { format: 'vtt' }), { code: 'unreadable-subtitle' })
})

t.test('a thumbnail index must be UTF-8', async (t) => {
  const index = Buffer.from('WEBVTT\n\n00:00.000 --> 00:10.000\nsprit\xe9.jpg#xywh=0,0,160,90\n', 'latin1')
  await t.rejects(reader.readThumbnailIndex(index), { code: 'unreadable-thumbnails', status: 422 })
})
