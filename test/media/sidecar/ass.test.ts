// SubStation Alpha files of many kinds.
import t from 'tap'
import { createSubtitleReader, MAX_SUBTITLE_BYTES } from '../../../src/media/sidecar/subtitle-reader.js'

const reader = createSubtitleReader()
t.teardown(reader.close)

const HEADER = '[Script Info]\nScriptType: v4.00+\n\n[V4+ Styles]\nFormat: Name, Fontname, Alignment\n' +
  'Style: Default,Arial,2\nStyle: Top,Arial,8\n'
const EVENTS = '[Events]\nFormat: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text\n'
const line = (text: string, style = 'Default', times = '0:00:01.00,0:00:02.50'): string =>
  `Dialogue: 0,${times},${style},,0,0,0,,${text}\n`
const fileOf = (...lines: string[]): string => `${HEADER}\n${EVENTS}${lines.join('')}`
const utf16 = (text: string): Buffer => Buffer.from(`\ufeff${text}`, 'utf16le')

async function read (file: string | Buffer): Promise<{ text: string, unreadableCues: number }> {
  const source = { bytes: Buffer.from(file), format: 'srt', language: 'en', charset: null } as const
  const { webVtt, unreadableCues } = await reader.readSubtitle(source)
  return { text: webVtt.toString(), unreadableCues }
}
const cue = (text: string, settings = ''): string => `WEBVTT\n\n00:00:01.000 --> 00:00:02.500${settings}\n${text}\n`

t.test('events of a file become cues', async (t) => {
  const kinds: Array<readonly [kind: string, file: string | Buffer, expected: string]> = [
    ['plain text', fileOf(line('Hello')), cue('Hello')],
    ['commas', fileOf(line('Yes, no, maybe')), cue('Yes, no, maybe')],
    ['line breaks', fileOf(line('a\\Nb\\nc')), cue('a\nb\nc')],
    ['hard spaces', fileOf(line('a\\hb')), cue('a\u00a0b')],
    ['italics', fileOf(line('{\\i1}a{\\i0} b')), cue('<i>a</i> b')],
    ['italics that stay open', fileOf(line('{\\i1}a')), cue('<i>a</i>')],
    ['bold by weight', fileOf(line('{\\b700}a{\\b0}')), cue('<b>a</b>')],
    ['several overrides at once', fileOf(line('{\\fs20\\i1\\c&HFFFFFF&}a')), cue('<i>a</i>')],
    ['border is not bold', fileOf(line('{\\bord2\\be1}a')), cue('a')],
    ['position is not a drawing', fileOf(line('{\\pos(10,20)}a')), cue('a')],
    ['reset', fileOf(line('{\\i1}a{\\r}b')), cue('<i>a</i>b')],
    ['comment in braces', fileOf(line('{TL note}a')), cue('a')],
    ['top by override', fileOf(line('{\\an8}a')), cue('a', ' line:0')],
    ['top by style', fileOf(line('a', 'Top')), cue('a', ' line:0')],
    ['karaoke', fileOf(line('{\\k20}ka{\\kf30}ra')), cue('kara')],
    ['drawing', fileOf(line('{\\p1}m 0 0 l 10 0{\\p0}'), line('a')), cue('a')],
    ['layers of one text', fileOf(line('{\\bord4}a'), line('{\\bord0}a')), cue('a')],
    ['comment event', fileOf(line('x').replace('Dialogue', 'Comment'), line('a')), cue('a')],
    ['markup characters', fileOf(line('1 < 2 & 3')), cue('1 &lt; 2 &amp; 3')],
    ['an arrow', fileOf(line('a --> b')), cue('a --&gt; b')],
    ['CR LF', fileOf(line('a')).replace(/\n/g, '\r\n'), cue('a')],
    ['CR', fileOf(line('a')).replace(/\n/g, '\r'), cue('a')],
    ['byte order mark', `\ufeff${fileOf(line('a'))}`, cue('a')],
    ['UTF-16', utf16(fileOf(line('é'))), cue('é')],
    ['windows-1252', Buffer.from(fileOf(line('caf\u00e9')), 'latin1'), cue('café')],
    ['empty lines first', `\n\n${fileOf(line('a'))}`, cue('a')],
    ['no styles', `[Script Info]\n${EVENTS}${line('a')}`, cue('a')],
    ['no format of events', `${HEADER}[Events]\n${line('a')}`, cue('a')],
    [
      'other order of fields',
      `${HEADER}[Events]\nFormat: Start, End, Text\nDialogue: 0:00:01.00,0:00:02.50,a, b\n`,
      cue('a, b'),
    ],
    ['capitals', fileOf(line('a')).replace('Dialogue', 'DIALOGUE').replace('[Events]', '[EVENTS]'), cue('a')],
    ['spaces around fields', fileOf(line('a', 'Default', ' 0:00:01.00 , 0:00:02.50 ')), cue('a')],
    ['milliseconds', fileOf(line('a', 'Default', '0:00:01.000,0:00:02.500')), cue('a')],
    ['comma-free times of old tools', fileOf(line('a', 'Default', '00:00:01.0,00:00:02.5')), cue('a')],
    [
      'SSA',
      '[Script Info]\nScriptType: v4.00\n[V4 Styles]\nFormat: Name, Alignment\nStyle: Top,6\n[Events]\n' +
      'Format: Marked, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text\n' +
      'Dialogue: Marked=0,0:00:01.00,0:00:02.50,Top,,0,0,0,,a\n',
      cue('a', ' line:0'),
    ],
    ['fonts behind the events', `${fileOf(line('a'))}[Fonts]\nfontname: x\nDialogue: 0,x\n`, cue('a')],
  ]
  for (const [kind, file, expected] of kinds) t.equal((await read(file)).text, expected, kind)
})

t.test('events that cannot be read are counted, and a file without any is rejected', async (t) => {
  const file = fileOf(line('a'), line('b', 'Default', 'x,y'), line('c', 'Default', '0:00:03.00,0:00:02.00'))
  t.strictSame(await read(file), { text: cue('a'), unreadableCues: 2 })
  await t.rejects(read(fileOf()), { code: 'unreadable-subtitle' })
})

t.test('the worst files take linear time', async (t) => {
  for (
    const unit of [
      '{\\',
      '{',
      '\\N',
      ',',
      '{\\i1}',
      '{\\i1}{\\i0}',
      'a\n',
      'Dialogue: 0,0:00:01.00,0:00:02.00,,,,,,,a\n',
    ]
  ) {
    const head = fileOf(line('a')) + 'Dialogue: 0,0:00:03.00,0:00:04.00,Default,,0,0,0,,b'
    const bytes = head + unit.repeat((MAX_SUBTITLE_BYTES - head.length) / unit.length)
    const start = performance.now()
    t.match((await read(bytes)).text, '00:00:01.000 --> 00:00:02.500\na\n', unit)
    t.ok(performance.now() - start < 5_000, `${unit} in time`)
  }
})
