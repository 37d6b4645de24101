// Formats rows as a table for the terminal.
import Table from 'cli-table3'

export type Column<Row> = readonly [heading: string, cell: (row: Row) => string | number | null]

/** Without borders, so that a line can be copied and searched. */
const NO_BORDERS = Object.fromEntries(
  ['top', 'top-mid', 'top-left', 'top-right', 'bottom', 'bottom-mid', 'bottom-left', 'bottom-right', 'left', 'left-mid']
    .concat(['mid', 'mid-mid', 'right', 'right-mid']).map((part) => [part, '']),
)

/** Control characters of a title or device name could move the cursor of the terminal. */
// eslint-disable-next-line no-control-regex
const CONTROL_CHARACTERS = /[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g

export function formatList<Row> (rows: readonly Row[], columns: ReadonlyArray<Column<Row>>): string {
  if (rows.length === 0) return 'Nothing found.'
  const table = new Table({
    head: columns.map(([heading]) => heading),
    chars: { ...NO_BORDERS, middle: '  ' },
    style: { 'head': [], 'border': [], 'padding-left': 0, 'padding-right': 0 },
  })
  for (const row of rows) table.push(columns.map(([, cell]) => formatCell(cell(row))))
  return table.toString().replace(/ +$/gm, '')
}

export function formatCell (value: string | number | null): string {
  return value === null ? '–' : String(value).replace(CONTROL_CHARACTERS, ' ')
}

/** Position or duration in ms as `h:mm:ss`. */
export function formatDuration (ms: number): string {
  const seconds = Math.floor(ms / 1_000)
  const parts = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60, seconds % 60]
  return parts.map((part, index) => index === 0 ? String(part) : String(part).padStart(2, '0')).join(':')
}

/** A time in UTC, to the minute. */
export function formatTime (time: string): string {
  return `${time.slice(0, 10)} ${time.slice(11, 16)}`
}
