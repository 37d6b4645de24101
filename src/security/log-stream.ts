// The stream that receives the lines of the log. Those of one turn of the event loop are written together: for a short
// request, a write of its own costs as much as all other work on its line.
import { pino, type DestinationStream } from 'pino'

/** Longer text is written at once, characters. */
const MAX_BUFFERED_LENGTH = 64 * 1_024

/** What was not written yet, of all streams. */
const flushes = new Set<() => void>()

function flushAll (): void {
  for (const flush of flushes) flush()
}

/**
 * Opens a standard stream. Nothing is lost when the process ends, also by an exception; a killed process loses the
 * lines of the last turn.
 * @param descriptor 1 for standard output, 2 for standard error
 */
export function openLogStream (descriptor: 1 | 2): DestinationStream & { flushSync(): void } {
  const output = pino.destination({ dest: descriptor, sync: true })
  let lines = ''
  const flush = (): void => {
    if (lines === '') return
    const text = lines
    lines = ''
    output.write(text)
  }
  if (flushes.size === 0) process.on('exit', flushAll)
  flushes.add(flush)
  return {
    write (line) {
      if (lines === '') setImmediate(flush)
      lines += line
      if (lines.length > MAX_BUFFERED_LENGTH) flush()
    },
    // pino calls it after a fatal error.
    flushSync: flush,
  }
}
