// The choice of the period of statistics: the last days, or two dates.
import { useNavigate } from '@tanstack/react-router'
import { useState, type ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { SelectField, TextField } from '@shared/design/field.js'
import type { Period } from '../api/statistics.js'
import type { PeriodSearch } from '../searches.js'

const DAY_MS = 86_400_000
const DEFAULT_DAYS = 30
const CHOICES = ['7', '30', '90'] as const
/** The longest period of the API. */
const MAX_DAYS = 92

const toDate = (time: number): string => new Date(time).toISOString().slice(0, 10)

/** The last days up to today, in UTC like the statistics. */
function lastDays (days: number): Period {
  const now = Date.now()
  return { from: toDate(now - (days - 1) * DAY_MS), to: toDate(now) }
}

export function periodOf ({ from, to }: PeriodSearch): Period {
  const standard = lastDays(DEFAULT_DAYS)
  return { from: from ?? standard.from, to: to ?? standard.to }
}

export function PeriodFilter ({ period }: { readonly period: Period }): ReactNode {
  const t = useTranslations('dashboard')
  const navigate = useNavigate()
  const named = CHOICES.find((days) => {
    const { from, to } = lastDays(Number(days))
    return from === period.from && to === period.to
  })
  const [isCustom, setCustom] = useState(named === undefined)
  const show = (search: PeriodSearch): void => {
    void navigate({ to: '/', search, replace: true })
  }
  return (
    <div className="filters">
      <SelectField
        label={t('period')}
        value={isCustom ? 'custom' : named ?? 'custom'}
        options={[
          ...CHOICES.map((days) => ({ value: days, label: t(`last${days}`) })),
          { value: 'custom', label: t('custom') },
        ]}
        onChange={({ target: { value } }) => {
          setCustom(value === 'custom')
          if (value !== 'custom') show(lastDays(Number(value)))
        }}
      />
      {isCustom
        ? (
          <>
            <TextField
              label={t('from')}
              type="date"
              value={period.from}
              max={period.to}
              min={toDate(Date.parse(period.to) - (MAX_DAYS - 1) * DAY_MS)}
              onChange={({ target }) => {
                if (target.value !== '' && target.value <= period.to) show({ ...period, from: target.value })
              }}
            />
            <TextField
              label={t('to')}
              type="date"
              value={period.to}
              min={period.from}
              onChange={({ target }) => {
                if (target.value !== '' && target.value >= period.from) show({ ...period, to: target.value })
              }}
            />
          </>
        )
        : null}
    </div>
  )
}
