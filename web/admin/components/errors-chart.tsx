// A chart of errors by hour. Loads recharts, so pages load it lazily.
import { useState, type ReactNode } from 'react'
import { Bar, BarChart, CartesianGrid, Legend, ResponsiveContainer, Tooltip, XAxis, YAxis } from 'recharts'
import { useLocale, useTranslations } from 'use-intl'
import type { ErrorsOfHour } from '../api/statistics.js'
import { CHART_COLOURS, HOUR_MS, TOOLTIP_STYLE } from './chart-style.js'

const HEIGHT = 200
const HOURS = 72

interface ErrorsChartProps {
  readonly hours: readonly ErrorsOfHour[]
  /** The last day of the period, `YYYY-MM-DD`. */
  readonly lastDay: string
}

/** Shows 72 hours up to the end of the period, or up to now. */
export function ErrorsChart ({ hours, lastDay }: ErrorsChartProps): ReactNode {
  const t = useTranslations('dashboard')
  const names = new Intl.DateTimeFormat(useLocale(), { weekday: 'short', hour: 'numeric' })
  const [openedAt] = useState(Date.now)
  const byHour = new Map(hours.map((errors) => [Date.parse(errors.hour), errors]))
  const end = Math.min(Date.parse(lastDay) + 24 * HOUR_MS, Math.ceil(openedAt / HOUR_MS) * HOUR_MS)
  const points = Array.from({ length: HOURS }, (_, i) => {
    const time = end - (HOURS - i) * HOUR_MS
    const { requests = 0, jobRuns = 0, packagings = 0, uploads = 0 } = byHour.get(time) ?? {}
    return { hour: names.format(time), requests, jobRuns, packagings, uploads }
  })
  const series = [
    ['requests', t('failedRequests'), CHART_COLOURS.accent],
    ['jobRuns', t('failedJobRuns'), CHART_COLOURS.second],
    ['packagings', t('failedPackagings'), CHART_COLOURS.third],
    ['uploads', t('failedUploads'), CHART_COLOURS.fourth],
  ] as const
  return (
    <div className="chart" role="img" aria-label={`${t('errorsByHour')}. ${t('chartHint')}`}>
      <ResponsiveContainer width="100%" height={HEIGHT}>
        <BarChart data={points} margin={{ top: 8, right: 0, bottom: 0, left: 0 }} accessibilityLayer={false}>
          <CartesianGrid stroke={CHART_COLOURS.grid} vertical={false} />
          <XAxis dataKey="hour" stroke={CHART_COLOURS.ink} fontSize={12} tickLine={false} minTickGap={32} />
          <YAxis stroke={CHART_COLOURS.ink} fontSize={12} width={36} allowDecimals={false} tickLine={false} />
          <Tooltip contentStyle={TOOLTIP_STYLE} cursor={{ fill: '#ffffff0d' }} />
          <Legend />
          {series.map(([key, name, colour]) => (
            <Bar key={key} stackId="errors" dataKey={key} name={name} fill={colour} isAnimationActive={false} />
          ))}
        </BarChart>
      </ResponsiveContainer>
    </div>
  )
}
