// Captures what an app or a logger writes to its log.
import { Writable } from 'node:stream'

export interface CapturedLog {
  /** The destination to pass to `openApp` or pino. */
  readonly logTo: Writable
  text(): string
  /** Parsed lines. */
  lines(): Array<Record<string, unknown>>
  clear(): void
}

export function captureLog (): CapturedLog {
  let text = ''
  const logTo = new Writable({
    write (chunk, _encoding, done) {
      text += String(chunk)
      done()
    },
  })
  return {
    logTo,
    text: () => text,
    lines: () => text.split('\n').filter(Boolean).map((line) => JSON.parse(line) as Record<string, unknown>),
    clear () {
      text = ''
    },
  }
}
