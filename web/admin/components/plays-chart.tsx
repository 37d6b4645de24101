// A chart of plays and hours by day. Loads recharts, so pages load it lazily.
import type { ReactNode } from 'react'
import { Bar, CartesianGrid, ComposedChart, Legend, Line, ResponsiveContainer, Tooltip, XAxis, YAxis } from 'recharts'
import { useLocale, useTranslations } from 'use-intl'
import type { PlaysOfDay } from '../api/statistics.js'
import { CHART_COLOURS, CHART_HEIGHT, HOUR_MS, TOOLTIP_STYLE } from './chart-style.js'

export function PlaysChart ({ days }: { readonly days: readonly PlaysOfDay[] }): ReactNode {
  const t = useTranslations('dashboard')
  const dates = new Intl.DateTimeFormat(useLocale(), { day: 'numeric', month: 'short', timeZone: 'UTC' })
  const points = days.map(({ date, plays, watchedMs }) => ({
    day: dates.format(new Date(date)),
    plays,
    hours: Math.round(watchedMs / HOUR_MS * 10) / 10,
  }))
  return (
    <div className="chart" role="img" aria-label={`${t('playsByDay')}. ${t('chartHint')}`}>
      <ResponsiveContainer width="100%" height={CHART_HEIGHT}>
        <ComposedChart data={points} margin={{ top: 8, right: 0, bottom: 0, left: 0 }} accessibilityLayer={false}>
          <CartesianGrid stroke={CHART_COLOURS.grid} vertical={false} />
          <XAxis dataKey="day" stroke={CHART_COLOURS.ink} fontSize={12} tickLine={false} minTickGap={24} />
          <YAxis
            yAxisId="plays"
            stroke={CHART_COLOURS.ink}
            fontSize={12}
            width={36}
            allowDecimals={false}
            tickLine={false}
          />
          <YAxis
            yAxisId="hours"
            orientation="right"
            stroke={CHART_COLOURS.ink}
            fontSize={12}
            width={36}
            tickLine={false}
          />
          <Tooltip contentStyle={TOOLTIP_STYLE} cursor={{ fill: '#ffffff0d' }} />
          <Legend />
          <Bar
            yAxisId="plays"
            dataKey="plays"
            name={t('plays')}
            fill={CHART_COLOURS.accent}
            radius={[4, 4, 0, 0]}
            maxBarSize={28}
          />
          <Line
            yAxisId="hours"
            dataKey="hours"
            name={t('hours')}
            stroke={CHART_COLOURS.second}
            strokeWidth={2}
            dot={false}
            isAnimationActive={false}
          />
        </ComposedChart>
      </ResponsiveContainer>
    </div>
  )
}
