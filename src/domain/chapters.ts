// Chapters of a movie or episode: their bounds and their order. Pure functions.

export const MAX_CHAPTERS = 200
export const MAX_CHAPTER_TITLE_LENGTH = 200

interface Chapter {
  /** Ms from the start. */
  readonly startMs: number
  readonly title: string
}

/** Whether a list is what an item stores: bounded, each chapter with a title, and later than the one before. */
export function areChapters (chapters: readonly Chapter[]): boolean {
  return chapters.length <= MAX_CHAPTERS &&
    chapters.every(({ startMs, title }, i) =>
      Number.isSafeInteger(startMs) && startMs > (chapters[i - 1]?.startMs ?? -1) &&
      typeof title === 'string' && title.trim() !== '' && title.length <= MAX_CHAPTER_TITLE_LENGTH
    )
}

/** Muxers name chapters without a title by their time. */
const TIME_AS_TITLE = /^\(?\d{1,2}:\d{2}(:\d{2})?([.,:]\d+)?\)?$/

/**
 * Makes the chapters of a file those of an item: those inside the duration, in order, one at a time, with titles. A
 * single chapter divides nothing.
 */
export function normaliseChapters (
  chapters: ReadonlyArray<{ readonly startMs: number, readonly title: string | null }>,
  durationMs: number,
): Chapter[] {
  const isInside = (startMs: number): boolean => Number.isSafeInteger(startMs) && startMs >= 0 && startMs < durationMs
  const usable = chapters.filter(({ startMs }) => isInside(startMs)).sort((a, b) => a.startMs - b.startMs)
    .filter(({ startMs }, i, sorted) => startMs !== sorted[i - 1]?.startMs)
  if (usable.length < 2) return []
  return usable.slice(0, MAX_CHAPTERS).map(({ startMs, title }, i) => ({
    startMs,
    title: toChapterTitle(title) ?? `Chapter ${i + 1}`,
  }))
}

/** @returns null for a text that is no title */
function toChapterTitle (text: string | null): string | null {
  const title = (text ?? '').replace(/[\s\p{Cc}]+/gu, ' ').trim()
  if (title === '' || TIME_AS_TITLE.test(title)) return null
  return [...title].slice(0, MAX_CHAPTER_TITLE_LENGTH / 2).join('').trim()
}
