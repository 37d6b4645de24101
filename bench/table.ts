// Tables as people read them and as they can stand in the documentation: Markdown, the first column to the left.
export function drawTable (head: readonly string[], lines: ReadonlyArray<readonly string[]>): string {
  const widths = head.map((title, column) => Math.max(title.length, ...lines.map((line) => line[column]?.length ?? 0)))
  const drawn = (cells: readonly string[]): string =>
    `| ${
      cells.map((cell, column) => column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0))
        .join(' | ')
    } |`
  const rule = `|${
    widths.map((width, column) => column === 0 ? '-'.repeat(width + 2) : `${'-'.repeat(width + 1)}:`).join('|')
  }|`
  return [drawn(head), rule, ...lines.map(drawn)].join('\n')
}
