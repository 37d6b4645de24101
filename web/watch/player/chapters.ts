// Chapters of the playback. Pure.
import type { Playback } from '@shared/api/client.js'

export type Chapter = Playback['chapters'][number]

/** Returns the index of the chapter at a position; -1 before the first. */
export function findChapterIndex (chapters: readonly Chapter[], positionMs: number): number {
  return chapters.findLastIndex(({ startMs }) => startMs <= positionMs)
}
