// Positions as people type them.

/** Reads "83", "1:23", "1:01:23" or "1:23.5" as ms; null: not a position. */
export function parsePosition (text: string): number | null {
  const parts = text.trim().split(':')
  if (parts.length > 3 || !parts.every((part) => /^\d+([.,]\d+)?$/.test(part))) return null
  const seconds = parts.reduce((all, part) => all * 60 + Number(part.replace(',', '.')), 0)
  return Math.round(seconds * 1_000)
}
