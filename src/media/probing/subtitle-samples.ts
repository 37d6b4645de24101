// Converts the samples of subtitle tracks to cues of WebVTT.
import { readTopStyles, toAssText, withoutRepetitions, type TopStyles } from '../sidecar/ass.js'
import { decodeUnicode } from '../sidecar/text-encoding.js'
import { isBlank, MAX_CUES, renderWebVtt, splitLines, toWebVttText, type Cue } from '../sidecar/timed-text.js'

/** Formats of samples that can be converted. `webm-webvtt` has its settings before the text. */
export type SampleFormat = 'subrip' | 'ass' | 'webvtt' | 'webm-webvtt' | 'tx3g' | 'wvtt'

/** A sample on the timeline of the file. */
export interface SubtitleSample {
  readonly startMs: number
  /** Null: until the next sample, or DEFAULT_CUE_MS. */
  readonly endMs: number | null
  readonly payload: Uint8Array
  /** Settings of WebVTT in Matroska; null: none. */
  readonly additions: Uint8Array | null
}

const DEFAULT_CUE_MS = 5_000

type CueText = Pick<Cue, 'text' | 'settings'>

/**
 * Converts samples to WebVTT.
 * @param header format data of the track: styles of ASS
 * @param shiftMs time of the file at which playback starts
 * @returns null without a readable cue
 */
export function toWebVtt (
  format: SampleFormat,
  header: Uint8Array | null,
  samples: readonly SubtitleSample[],
  shiftMs: number,
): Uint8Array | null {
  const topStyles = readTopStyles(format === 'ass' && header !== null ? splitLines(toText(header)) : [])
  const ordered = [...samples].sort((a, b) => a.startMs - b.startMs)
  const cues = ordered.flatMap((sample, i): Cue[] => {
    const nextMs = ordered.slice(i + 1, i + 50).find(({ startMs }) => startMs > sample.startMs)?.startMs ?? Infinity
    const end = sample.endMs ?? Math.min(nextMs, sample.startMs + DEFAULT_CUE_MS)
    const [startMs, endMs] = [Math.max(0, Math.round(sample.startMs - shiftMs)), Math.round(end - shiftMs)]
    if (endMs <= startMs) return []
    return toCueTexts(format, sample, topStyles).map((text) => ({ startMs, endMs, ...text }))
  })
  const distinct = withoutRepetitions(joinRepeated(cues))
  return distinct.length === 0 || distinct.length > MAX_CUES
    ? null
    : new TextEncoder().encode(renderWebVtt(distinct))
}

/** Samples of MP4 split a cue where another one starts or ends: the parts are joined. */
function joinRepeated (cues: readonly Cue[]): Cue[] {
  const joined: Cue[] = []
  const openCues = new Map<string, number>()
  for (const cue of cues) {
    const key = `${cue.settings} ${cue.text}`
    const index = openCues.get(key)
    const previous = index === undefined ? undefined : joined[index]
    if (index !== undefined && previous?.endMs === cue.startMs) joined[index] = { ...previous, endMs: cue.endMs }
    else openCues.set(key, joined.push(cue) - 1)
  }
  return joined
}

function toCueTexts (format: SampleFormat, sample: SubtitleSample, topStyles: TopStyles): CueText[] {
  const { payload, additions } = sample
  switch (format) {
    case 'subrip':
      return visible(toWebVttText(splitLines(toText(payload))))
    case 'ass': {
      // ReadOrder, Layer, Style, Name, 3 margins, Effect, Text
      const fields = toText(payload).split(',')
      const text = toAssText(fields.slice(8).join(','), topStyles.has(fields[2] ?? ''))
      return text === null ? [] : [text]
    }
    case 'webvtt':
      return visible({
        text: toText(payload),
        settings: additions === null ? '' : splitLines(toText(additions))[0] ?? '',
      })
    case 'webm-webvtt': {
      const [, settings = '', ...lines] = splitLines(toText(payload))
      return visible({ text: lines.join('\n'), settings })
    }
    case 'tx3g':
      return visible(toWebVttText(splitLines(readTimedText(payload))))
    case 'wvtt':
      return readWebVttBoxes(payload).flatMap(visible)
  }
}

/** Cues have no empty lines and no arrows. */
function visible ({ text, settings }: CueText): CueText[] {
  const lines = splitLines(text).filter((line) => !isBlank(line)).map((line) => line.replaceAll('-->', '--&gt;'))
  const isSafe = /^[\w:%.,\- \t]{0,200}$/.test(settings)
  return lines.length === 0 ? [] : [{ text: lines.join('\n'), settings: isSafe ? settings.trim() : '' }]
}

function toText (bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('utf8').replace(/\0+$/, '')
}

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
/** Bits of a style. */
const STYLE_TAGS: ReadonlyArray<readonly [bit: number, tag: string]> = [[1, 'b'], [2, 'i'], [4, 'u']]
const STYLE_RECORD_BYTES = 12
const MAX_STYLE_RECORDS = 200

/** Reads a text sample of 3GPP TS 26.245: length, text in UTF-8 or UTF-16, and boxes such as styles. */
function readTimedText (payload: Uint8Array): string {
  if (payload.length < 2) return ''
  const length = viewOf(payload).getUint16(0)
  const bytes = Buffer.from(payload.subarray(2, 2 + length))
  const text = decodeUnicode(bytes) ?? bytes.toString('latin1')
  return withStyles(text, readStyles(payload.subarray(2 + length)))
}

interface StyleRun {
  readonly start: number
  readonly end: number
  readonly flags: number
}

function readStyles (boxes: Uint8Array): StyleRun[] {
  return listBoxes(boxes).filter(({ type }) => type === 'styl').flatMap(({ bytes }) => {
    const view = viewOf(bytes)
    const count = bytes.length < 2 ? 0 : Math.min(view.getUint16(0), MAX_STYLE_RECORDS)
    return Array.from({ length: count }, (_, i) => 2 + i * STYLE_RECORD_BYTES)
      .filter((at) => at + STYLE_RECORD_BYTES <= bytes.length)
      .map((at) => ({ start: view.getUint16(at), end: view.getUint16(at + 2), flags: view.getUint8(at + 6) }))
  })
}

/** Positions of styles count characters. */
function withStyles (text: string, runs: readonly StyleRun[]): string {
  const letters = [...text]
  let output = ''
  let position = 0
  for (const { start, end, flags } of [...runs].sort((a, b) => a.start - b.start)) {
    if (start < position || end <= start) continue
    const tags = STYLE_TAGS.filter(([bit]) => (flags & bit) !== 0).map(([, tag]) => tag)
    output += letters.slice(position, start).join('') + tags.map((tag) => `<${tag}>`).join('') +
      letters.slice(start, end).join('') + [...tags].reverse().map((tag) => `</${tag}>`).join('')
    position = end
  }
  return output + letters.slice(position).join('')
}

/** Reads the cues of a WebVTT sample (ISO/IEC 14496-30): a box for each, or an empty one. */
function readWebVttBoxes (payload: Uint8Array): CueText[] {
  return listBoxes(payload).filter(({ type }) => type === 'vttc').map(({ bytes }) => {
    const parts = new Map(listBoxes(bytes).map((box) => [box.type, toText(box.bytes)]))
    return { text: parts.get('payl') ?? '', settings: parts.get('sttg') ?? '' }
  })
}

function listBoxes (bytes: Uint8Array): Array<{ readonly type: string, readonly bytes: Uint8Array }> {
  const boxes = []
  for (let at = 0; at + 8 <= bytes.length;) {
    const size = viewOf(bytes).getUint32(at)
    if (size < 8 || at + size > bytes.length) break
    boxes.push({
      type: Buffer.from(bytes.subarray(at + 4, at + 8)).toString('latin1'),
      bytes: bytes.subarray(at + 8, at + size),
    })
    at += size
  }
  return boxes
}
