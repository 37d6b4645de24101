// Subtitles and indexes that are expensive to read: no request may wait for them.
import { monitorEventLoopDelay } from 'node:perf_hooks'
import t from 'tap'
import { createSubtitleReader, MAX_SUBTITLE_BYTES } from '../../../src/media/sidecar/subtitle-reader.js'
import { MAX_IMAGE_BYTES } from '../../../src/media/images/images.js'

const MAX_DELAY_MS = 100
const MAX_ATTEMPTS = 5
const CUE = '1\n00:00:01,000 --> 00:00:02,000'

/** A file of the given size: a head, repeated contents, and a cue behind it. */
function fill (head: string, unit: string, size = MAX_SUBTITLE_BYTES): Buffer {
  const tail = `\n\n2\n00:00:03,000 --> 00:00:04,000\nend\n`
  return Buffer.from(head + unit.repeat(Math.floor((size - head.length - tail.length) / unit.length)) + tail)
}

/** Longest delays of the event loop while a file is read, until one is short, ms. */
async function measureDelays (read: () => Promise<void>): Promise<number[]> {
  const delaysMs: number[] = []
  // Another process may hold the processor: only what happens each time is the fault of the file.
  while (delaysMs.length < MAX_ATTEMPTS && !delaysMs.some((delay) => delay <= MAX_DELAY_MS)) {
    const delay = monitorEventLoopDelay({ resolution: 10 })
    delay.enable()
    await read()
    delay.disable()
    delaysMs.push(Math.round(delay.max / 1e6))
  }
  return delaysMs
}

t.test('the worst files delay no other work', async (t) => {
  const reader = createSubtitleReader()
  t.teardown(async () => {
    await reader.close()
  })
  const subtitles: Record<string, Buffer> = {
    'unclosed overrides': fill(`${CUE}\n`, '{\\'),
    'unclosed fonts': fill(`${CUE}\n`, '<font '),
    'unclosed breaks': fill(`${CUE}\n`, '<br '),
    ampersands: fill(`${CUE}\n`, '&#'),
    arrows: fill(`${CUE}\n`, '-->'),
    'arrows with spaces': fill(`${CUE}\n`, '--> '),
    'spaces behind the times': fill(CUE, ' '),
    'spaces before the arrow': fill('1\n00:00:01,000', ' '),
    'spaces at the start of a line': fill(`${CUE}\n`, ' '),
    digits: fill('', '1'),
    colons: fill('', '1:'),
    dashes: fill('00:00:01', '-'),
    'lines of one letter': fill(`${CUE}\n`, 'a\n'),
    'empty lines': fill(`${CUE}\na`, '\n'),
    'carriage returns': fill(`${CUE}\na`, '\r'),
    'spaced empty lines': fill(`${CUE}\na`, ' \n'),
    numbers: fill(`${CUE}\na\n`, '1\n'),
    'short cues': fill('', '0:0:1,0->0:0:2\na\n'),
    'unreadable times': fill(`${CUE}\na\n`, '0:-->\n'),
    'bytes of no encoding': fill(`${CUE}\n`, '\xff'),
    controls: fill(`${CUE}\n`, '\0'),
  }
  await reader.readSubtitle({ bytes: Buffer.from(`${CUE}\nx\n`), format: 'srt', language: 'en', charset: null })
  for (const [name, bytes] of Object.entries(subtitles)) {
    for (const format of ['srt', 'vtt'] as const) {
      const file = format === 'srt'
        ? bytes
        : Buffer.concat([Buffer.from('WEBVTT\n\n'), bytes]).subarray(0, MAX_SUBTITLE_BYTES)
      const delaysMs = await measureDelays(async () => {
        const startedAt = performance.now()
        await reader.readSubtitle({ bytes: file, format, language: 'en', charset: null }).catch((error: unknown) => {
          t.match(error, { status: 422, code: 'unreadable-subtitle' }, name)
        })
        t.ok(performance.now() - startedAt < 5_000, `${name} as ${format} is read in time`)
      })
      t.ok(Math.min(...delaysMs) <= MAX_DELAY_MS, `${name} as ${format}: delays of ${delaysMs.join(', ')} ms`)
    }
  }
  const indexes = ['0:01.000 --> 0:02.000\nimage.jpg#xywh=0,0,160,90\n\n', 'a\n', ' ', '\r', '00:01.000 --> ', '#xywh=']
  for (const unit of indexes) {
    const delaysMs = await measureDelays(async () => {
      await reader.readThumbnailIndex(fill('WEBVTT\n\n', unit, MAX_IMAGE_BYTES)).catch((error: unknown) => {
        t.match(error, { status: 422, code: 'unreadable-thumbnails' })
      })
    })
    t.ok(Math.min(...delaysMs) <= MAX_DELAY_MS, `${JSON.stringify(unit)}: delays of ${delaysMs.join(', ')} ms`)
  }
})

t.test('a file that exceeds the time limit is rejected, and the next one is read', async (t) => {
  const reader = createSubtitleReader(1)
  const source = { bytes: fill(`${CUE}\n`, 'a\n'), format: 'srt', language: 'en', charset: null } as const
  await t.rejects(reader.readSubtitle(source), { status: 422, code: 'unreadable-subtitle', detail: /too long/ })
  await reader.close()
  await t.rejects(reader.readSubtitle(source), { status: 503, code: 'stopping' })
})
