// Colours of charts: SVG attributes do not read CSS variables.
export const CHART_COLOURS = {
  grid: '#2c303d',
  ink: '#a9adbd',
  accent: '#ff7a59',
  second: '#8fb4ff',
  third: '#e8c268',
  fourth: '#7fd6a4',
} as const

/** Chart libraries set it through the CSSOM, which the content security policy allows. */
export const TOOLTIP_STYLE = {
  background: '#15171f',
  border: `1px solid ${CHART_COLOURS.grid}`,
  borderRadius: 10,
} as const

/** Height of the tallest chart, pixels. */
export const CHART_HEIGHT = 260
/** Milliseconds of the hours that charts show. */
export const HOUR_MS = 3_600_000
