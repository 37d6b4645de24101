// Decodes subtitle files, whose encoding is rarely stated: by byte order mark, by the charset of the request, as UTF-8,
// by the language, by detection.
import { analyse } from 'chardet'
import iconv from 'iconv-lite'

/** Longer byte order marks first: that of UTF-32 starts with that of UTF-16. */
const BYTE_ORDER_MARKS: ReadonlyArray<readonly [mark: string, encoding: string]> = [
  ['fffe0000', 'utf-32le'],
  ['0000feff', 'utf-32be'],
  ['efbbbf', 'utf-8'],
  ['fffe', 'utf-16le'],
  ['feff', 'utf-16be'],
]
const WESTERN = 'windows-1252'
const CYRILLIC = ['windows-1251', 'koi8-r', 'cp866', 'iso-8859-5']
const CENTRAL_EUROPEAN = ['windows-1250', 'iso-8859-2', 'cp852']
const TRADITIONAL_CHINESE = ['big5', 'gb18030']
/** Encodings before Unicode by language, most frequent first. */
const ENCODINGS_BY_LANGUAGE: Readonly<Record<string, readonly string[]>> = {
  ...entriesOf(['ru', 'bg', 'be', 'mk', 'kk', 'mn'], CYRILLIC),
  ...entriesOf(['uk'], ['windows-1251', 'koi8-u', 'cp866', 'iso-8859-5']),
  ...entriesOf(['sr'], ['windows-1251', 'windows-1250', 'iso-8859-5', 'iso-8859-2']),
  ...entriesOf(['pl', 'cs', 'sk', 'hu', 'ro', 'hr', 'sl', 'bs', 'sq', 'sr-latn'], CENTRAL_EUROPEAN),
  ...entriesOf(['el'], ['windows-1253', 'iso-8859-7']),
  ...entriesOf(['tr', 'az'], ['windows-1254']),
  ...entriesOf(['he', 'yi'], ['windows-1255', 'iso-8859-8']),
  ...entriesOf(['ar', 'fa', 'ur'], ['windows-1256', 'iso-8859-6']),
  ...entriesOf(['et', 'lv', 'lt'], ['windows-1257', 'iso-8859-13', 'iso-8859-4']),
  ...entriesOf(['vi'], ['windows-1258']),
  ...entriesOf(['th'], ['windows-874']),
  ...entriesOf(['ja'], ['shift_jis', 'euc-jp']),
  ...entriesOf(['ko'], ['euc-kr']),
  ...entriesOf(['zh'], ['gb18030', 'big5']),
  ...entriesOf(['zh-hant', 'zh-tw', 'zh-hk', 'zh-mo'], TRADITIONAL_CHINESE),
  ...entriesOf(
    ['en', 'de', 'fr', 'es', 'it', 'pt', 'nl', 'sv', 'da', 'no', 'nb', 'nn', 'fi', 'is', 'ca', 'gl', 'eu', 'ga'],
    [WESTERN, 'macroman', 'cp850'],
  ),
}
const SAMPLE_BYTES = 64 * 1024
/** A file with fewer errors than this share of its other characters is damaged UTF-8, not another encoding. */
const MAX_ERROR_SHARE = 0.05
/** Least confidence of a detection, per cent. */
const MIN_CONFIDENCE = 20

export interface TextSource {
  readonly bytes: Buffer
  /** BCP 47. */
  readonly language: string
  /** Encoding that the request states; null: none. */
  readonly charset: string | null
}

/** Decodes a text file. @returns null if the stated encoding is unknown */
export function decodeText ({ bytes, language, charset }: TextSource): string | null {
  const marked = decodeMarked(bytes)
  if (marked !== null) return marked
  if (charset !== null && !/^utf-?8$/i.test(charset)) {
    return iconv.encodingExists(charset) ? iconv.decode(bytes, charset) : null
  }
  return decodeUtf8(bytes) ?? iconv.decode(bytes, guessUtf16(bytes) ?? guessEncoding(bytes, language))
}

/** Decodes a file that must be Unicode. @returns null if it is not */
export function decodeUnicode (bytes: Buffer): string | null {
  const marked = decodeMarked(bytes)
  if (marked !== null) return marked
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return null
  }
}

function entriesOf (languages: readonly string[], encodings: readonly string[]): Record<string, readonly string[]> {
  return Object.fromEntries(languages.map((language) => [language, encodings]))
}

function decodeMarked (bytes: Buffer): string | null {
  const head = bytes.toString('hex', 0, 4)
  const encoding = BYTE_ORDER_MARKS.find(([mark]) => head.startsWith(mark))?.[1]
  return encoding === undefined ? null : iconv.decode(bytes, encoding)
}

/** @returns null if the file is not UTF-8 */
function decodeUtf8 (bytes: Buffer): string | null {
  const text = bytes.toString('utf8')
  const errors = text.match(/\ufffd/g)?.length ?? 0
  const others = text.match(/[^\0-\x7f\ufffd]/g)?.length ?? 0
  return errors === 0 || errors < others * MAX_ERROR_SHARE ? text : null
}

/** Times and line ends are ASCII: every second byte of them is 0. */
function guessUtf16 (bytes: Buffer): string | null {
  const sample = bytes.subarray(0, SAMPLE_BYTES)
  const zeros = [0, 0]
  for (const [i, byte] of sample.entries()) if (byte === 0) zeros[i % 2] = (zeros[i % 2] ?? 0) + 1
  const [even = 0, odd = 0] = zeros
  if (Math.max(even, odd) < sample.length / 8 || Math.min(even, odd) > sample.length / 64) return null
  return odd > even ? 'utf-16le' : 'utf-16be'
}

function guessEncoding (bytes: Buffer, language: string): string {
  const tag = language.toLowerCase()
  const known = ENCODINGS_BY_LANGUAGE[tag] ?? ENCODINGS_BY_LANGUAGE[languageWithScript(tag)] ??
    ENCODINGS_BY_LANGUAGE[tag.split('-')[0] ?? tag]
  const sample = bytes.subarray(0, SAMPLE_BYTES)
  if (known === undefined) return detectEncoding(sample) ?? WESTERN
  // Both encodings of Chinese decode nearly any bytes: only the frequency of characters distinguishes them.
  if (known.includes('big5')) return detectEncoding(sample, known) ?? known[0] ?? WESTERN
  const scored = known.map((encoding) => ({ encoding, flaws: countFlaws(iconv.decode(sample, encoding)) }))
  return scored.reduce((a, b) => b.flaws < a.flaws ? b : a).encoding
}

function languageWithScript (tag: string): string {
  return tag.split('-').slice(0, 2).join('-')
}

function detectEncoding (bytes: Buffer, among?: readonly string[]): string | null {
  const found = analyse(bytes).find(({ name, confidence }) =>
    confidence >= MIN_CONFIDENCE && iconv.encodingExists(name) &&
    (among === undefined || among.includes(name.toLowerCase()))
  )
  // Only the Windows encodings define 0x80 to 0x9f, and real files use them.
  return found?.name.replace(/^ISO-8859-1$/i, WESTERN) ?? null
}

/** Counts what a wrong encoding produces: controls, symbols, words of mixed script or case. */
function countFlaws (text: string): number {
  const count = (pattern: RegExp): number => text.match(pattern)?.length ?? 0
  return count(/[\ufffd\x80-\x9f\u2500-\u259f\u2219-\u22ff\ue000-\uf8ff]/g) * 2 + count(/[±¶¦¬¤¸³]/g) +
    count(/\p{Ll}(?=\p{Lu})/gu) + count(/\p{Script=Latin}(?=[\p{Script=Cyrillic}\p{Script=Greek}])/gu) +
    count(/[\p{Script=Cyrillic}\p{Script=Greek}](?=\p{Script=Latin})/gu)
}
