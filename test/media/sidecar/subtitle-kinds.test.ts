// SubRip and WebVTT files of many kinds, whose cues follow from how they are made.
import iconv from 'iconv-lite'
import t from 'tap'
import { createSubtitleReader } from '../../../src/media/sidecar/subtitle-reader.js'
import type { SubtitleSource } from '../../../src/media/sidecar/subtitle-worker.js'

const reader = createSubtitleReader()
t.teardown(reader.close)

async function read (file: string | Buffer, options: Partial<SubtitleSource> = {}): Promise<string[]> {
  const source = { bytes: Buffer.from(file), format: 'srt', language: 'en', charset: null, ...options } as const
  const { webVtt } = await reader.readSubtitle(source)
  return webVtt.toString().split('\n\n').slice(1).map((block) => block.trimEnd())
}

const PLAIN = '1\n00:00:01,000 --> 00:00:02,500\nOne\n\n2\n00:00:03,000 --> 00:00:04,000\nTwo\nlines\n'
const EXPECTED = ['00:00:01.000 --> 00:00:02.500\nOne', '00:00:03.000 --> 00:00:04.000\nTwo\nlines']

t.test('SubRip files with the same cues', async (t) => {
  const times = (change: (time: string) => string): string => PLAIN.replaceAll(/\d\d:\d\d:\d\d,\d{3}/g, change)
  const kinds: Array<readonly [kind: string, file: string | Buffer]> = [
    ['plain', PLAIN],
    ['byte order mark', `\ufeff${PLAIN}`],
    ['CR LF', PLAIN.replaceAll('\n', '\r\n')],
    ['CR', PLAIN.replaceAll('\n', '\r')],
    ['CR CR LF', PLAIN.replaceAll('\n', '\r\r\n')],
    ['mixed line ends', PLAIN.replace('\n', '\r\n').replace('One\n', 'One\r')],
    ['dots', PLAIN.replaceAll(',', '.')],
    ['colons before the fraction', PLAIN.replaceAll(',', ':')],
    ['no hours', times((time) => time.slice(3))],
    ['single digits', times((time) => time.replaceAll(/\b0(\d)/g, '$1'))],
    ['two digits of the fraction', times((time) => time.slice(0, -1))],
    ['no fraction but halves', PLAIN.replaceAll(',000', '').replaceAll(',500', ',5')],
    ['spaces in the times', times((time) => time.replaceAll(':', ' : ').replace(',', ' , '))],
    ['no spaces around the arrow', PLAIN.replaceAll(' --> ', '-->')],
    ['short arrow', PLAIN.replaceAll(' --> ', ' -> ')],
    ['long arrow', PLAIN.replaceAll(' --> ', ' ---> ')],
    ['typographic arrow', PLAIN.replaceAll(' --> ', ' → ')],
    ['dashes of a word processor', PLAIN.replaceAll(' --> ', ' –> ')],
    ['escaped arrow', PLAIN.replaceAll('-->', '--&gt;')],
    ['tabs around the arrow', PLAIN.replaceAll(' --> ', '\t-->\t')],
    ['spaces before the lines', PLAIN.replaceAll(/^(?=.)/gm, '  ')],
    ['spaces behind the lines', PLAIN.replaceAll(/(?<=.)$/gm, '  ')],
    ['no empty lines', PLAIN.replaceAll('\n\n', '\n')],
    ['many empty lines', PLAIN.replaceAll('\n', '\n\n')],
    ['no numbers', PLAIN.replaceAll(/^\d\n/gm, '')],
    ['numbers from 0', PLAIN.replace('1\n', '0\n').replace('\n2\n', '\n1\n')],
    ['the same number', PLAIN.replace('\n2\n', '\n1\n')],
    ['numbers with dots', PLAIN.replaceAll(/^(\d)\n/gm, '$1.\n')],
    [
      'full-width digits and colons',
      times((time) => time.replaceAll(/[\d:,]/g, (c) => String.fromCharCode(c.charCodeAt(0) + 0xfee0))),
    ],
    ['Arabic digits', times((time) => time.replaceAll(/\d/g, (c) => String.fromCharCode(0x660 + Number(c))))],
    ['Persian digits', times((time) => time.replaceAll(/\d/g, (c) => String.fromCharCode(0x6f0 + Number(c))))],
    ['marks of the writing direction', times((time) => `\u200f${time}\u200f`)],
    ['narrow spaces', PLAIN.replaceAll(' --> ', '\u202f-->\u00a0')],
    ['zero-width spaces', PLAIN.replaceAll(/^(\d)/gm, '\u200b$1')],
    ['coordinates', PLAIN.replaceAll(/(?<=> .*)$/gm, '  X1:100 X2:200 Y1:10 Y2:20')],
    ['position tags of WebVTT', PLAIN.replaceAll(/(?<=> .*)$/gm, ' align:start position:0%')],
    ['position tag of the bottom', PLAIN.replaceAll(/^(?=One|Two)/gm, '{\\an2}')],
    ['fonts', PLAIN.replace('One', '<font color="#ff0000" size=3>One</font>')],
    ['reversed order', PLAIN.split('\n\n').reverse().join('\n\n')],
    ['UTF-16 with a byte order mark', iconv.encode(`\ufeff${PLAIN}`, 'utf-16le')],
    ['UTF-16 big endian with a byte order mark', iconv.encode(`\ufeff${PLAIN}`, 'utf-16be')],
    ['UTF-16 without one', iconv.encode(PLAIN, 'utf-16le')],
    ['UTF-16 big endian without one', iconv.encode(PLAIN, 'utf-16be')],
    ['NULs at the end', `${PLAIN}\0\0\0`],
    ['NULs in the text', PLAIN.replace('One', 'O\0ne')],
    ['Ctrl-Z at the end', `${PLAIN}\x1a`],
    ['an empty cue', `${PLAIN}\n3\n00:00:05,000 --> 00:00:06,000\n\n`],
    ['a cue that ends before it starts', `${PLAIN}\n3\n00:00:06,000 --> 00:00:05,000\nx\n`],
    ['a title line first', `My film\n\n${PLAIN}`],
    ['WebVTT header on SubRip', `WEBVTT\n\n${PLAIN}`],
    ['code fences of a chat', `\`\`\`srt\n${PLAIN}\`\`\`\n`],
  ]
  for (const [kind, file] of kinds) {
    const cues = await read(file).catch((error) => error.detail)
    t.strictSame(
      Array.isArray(cues) ? cues.map((cue) => cue.replace(/^\d\n/, '').replace(/ (?:align|position)\S+/g, '')) : cues,
      EXPECTED,
      kind,
    )
  }
})

t.test('SubRip files with special times and texts', async (t) => {
  const cue = (times: string, text: string): string => `1\n${times}\n${text}\n`
  const plain = (text: string): string => cue('00:00:01,000 --> 00:00:02,000', text)
  const at = (text: string, settings = ''): string[] => [`00:00:01.000 --> 00:00:02.000${settings}\n${text}`]
  const kinds: Array<readonly [kind: string, file: string, expected: string[]]> = [
    ['a negative start', cue('-00:00:01,000 --> 00:00:02,000', 'a'), ['00:00:00.000 --> 00:00:02.000\na']],
    ['hours over 99', cue('100:00:01,000 --> 100:00:02,000', 'a'), ['100:00:01.000 --> 100:00:02.000\na']],
    ['60 seconds', cue('00:00:60,000 --> 00:01:02,000', 'a'), ['00:01:00.000 --> 00:01:02.000\na']],
    ['the top', plain('{\\an8}a'), at('a', ' line:0')],
    ['the top in the old form', plain('{\\a6}a'), at('a', ' line:0')],
    ['italics in braces', plain('{i}a{/i}'), at('<i>a</i>')],
    ['italics of MicroDVD', plain('{y:i}a'), at('<i>a</i>')],
    ['capital tags', plain('<I>a</I>'), at('<i>a</i>')],
    ['an open tag', plain('<i>a'), at('<i>a</i>')],
    ['markup characters', plain('1 < 2 && 3 > 2'), at('1 &lt; 2 &amp;&amp; 3 > 2')],
    ['an arrow in the text', plain('a --> b'), at('a --&gt; b')],
    ['a number as text', plain('1984'), at('1984')],
    ['a time as text', plain('At 10:30 -> 11:45'), at('At 10:30 -> 11:45')],
    ['HTML breaks', plain('a<br>b<br/>c'), at('a\nb\nc')],
    ['hard line breaks', plain('a\\Nb'), at('a\nb')],
    ['entities', plain('a&nbsp;b &#233;'), at('a&nbsp;b &#233;')],
    ['right to left', plain('\u202bשלום\u202c'), at('\u202bשלום\u202c')],
    ['an emoji', plain('👩‍👩‍👧'), at('👩‍👩‍👧')],
    ['text behind an empty line', plain('a\n\nb'), at('a\nb')],
  ]
  for (const [kind, file, expected] of kinds) {
    t.strictSame(await read(file).catch((error) => error.detail), expected, kind)
  }
  const overlapping = `${PLAIN}\n3\n00:00:02,000 --> 00:00:03,500\nThree\n`
  t.strictSame(await read(overlapping), [EXPECTED[0], '00:00:02.000 --> 00:00:03.500\nThree', EXPECTED[1]])
})

t.test('old encodings of a computer', async (t) => {
  const text = 'Où est l’été ? Ça va très bien, señor.'
  const file = `1\n00:00:01,000 --> 00:00:02,000\n${text}\n`
  for (
    const [encoding, language] of [['macroman', 'fr'], ['cp850', 'fr'], ['iso-8859-15', 'fr'], ['windows-1252', 'fr']]
  ) {
    const bytes = iconv.encode(
      encoding === 'iso-8859-15' || encoding === 'cp850' ? file.replace('’', "'") : file,
      encoding!,
    )
    const [cue = ''] = await read(bytes, { language: language! })
    t.equal(cue.split('\n')[1]?.replace("'", '’'), text, String(encoding))
  }
})

t.test('WebVTT files', async (t) => {
  const vtt = `WEBVTT\n\n${EXPECTED.join('\n\n')}\n`
  const kinds: Array<readonly [kind: string, file: string | Buffer]> = [
    ['plain', vtt],
    ['byte order mark', `\ufeff${vtt}`],
    ['empty lines first', `\n\n${vtt}`],
    ['title', vtt.replace('WEBVTT', 'WEBVTT - My film')],
    ['metadata', vtt.replace('WEBVTT', 'WEBVTT\nKind: captions\nLanguage: en')],
    ['CR LF', vtt.replaceAll('\n', '\r\n')],
    ['CR', vtt.replaceAll('\n', '\r')],
    ['commas', vtt.replaceAll('.000', ',000').replaceAll('.500', ',500')],
    ['no hours', vtt.replaceAll('00:00:', '00:')],
    ['names of cues', vtt.replaceAll(/^(?=00:)/gm, 'intro\n')],
    ['small letters', vtt.replace('WEBVTT', 'webvtt')],
    ['UTF-16', iconv.encode(`\ufeff${vtt}`, 'utf-16le')],
    ['UTF-16 without a byte order mark', iconv.encode(vtt, 'utf-16le')],
    ['no header', vtt.replace('WEBVTT\n\n', '')],
    ['SubRip as WebVTT', PLAIN],
    ['no empty line behind the header', vtt.replace('WEBVTT\n\n', 'WEBVTT\n')],
    ['windows-1252', Buffer.from(vtt, 'latin1')],
  ]
  for (const [kind, file] of kinds) {
    const cues = await read(file, { format: 'vtt' }).catch((error) => error.detail)
    const found = Array.isArray(cues) ? cues.join('\n\n').match(/00:\S+ --> \S+\n(?:One|Two\nlines)/g) : cues
    t.strictSame(
      Array.isArray(found) ? found.map((cue) => cue.replaceAll(/(?<!\d:)(?=\b\d\d:\d\d\.)/g, '00:')) : found,
      EXPECTED,
      kind,
    )
  }
})
