// Statistics, number formats and tables of the benchmarks.

/** Returns a quantile of measured values. @param share from 0 to 1 */
export function quantile (values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN
}

export const formatNumber = (value: number): string => value.toLocaleString('en-US')
export const formatMs = (value: number | null): string => value === null ? 'n/a' : value.toFixed(2)
export const formatRatio = (value: number | null): string => value === null ? 'n/a' : `${value.toFixed(2)}x`

/** Formats the result of a performance target. */
export function formatTarget (isMet: boolean, description: string): string {
  return `${isMet ? 'met' : 'NOT MET'}: ${description}`
}

/** Formats a Markdown table for the documents. The first column is aligned to the left, the others to the right. */
export function formatTable (head: readonly string[], rows: ReadonlyArray<readonly string[]>): string {
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)))
  const formatRow = (cells: readonly string[]): string => {
    const padded = cells.map((cell, column) =>
      column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)
    )
    return `| ${padded.join(' | ')} |`
  }
  const rules = widths.map((width, column) => column === 0 ? '-'.repeat(width + 2) : `${'-'.repeat(width + 1)}:`)
  return [formatRow(head), `|${rules.join('|')}|`, ...rows.map(formatRow)].join('\n')
}
