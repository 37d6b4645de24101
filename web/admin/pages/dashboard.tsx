// The dashboard: what happens now, and the numbers of a period.
import { useQuery } from '@tanstack/react-query'
import { useSearch } from '@tanstack/react-router'
import { lazy, Suspense, type ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { useFormats } from '@shared/i18n/format.js'
import { usePlanName } from '../api/accounts.js'
import {
  daysQuery,
  planCountsQuery,
  signUpsQuery,
  topTitlesQuery,
  type AccountsOfPlan,
  type Period,
  type PlaysOfDay,
  type PlaysOfTitle,
  type SignUpsOfDay,
} from '../api/statistics.js'
import { CsvButton } from '../components/csv-button.js'
import { DataTable, type DataColumn } from '../components/data-table.js'
import { ErrorsPanel } from '../components/errors-panel.js'
import { HealthPanel } from '../components/health-panel.js'
import { PageHead, Panel } from '../components/page.js'
import { PeriodFilter, periodOf } from '../components/period-filter.js'
import { StoragePanel } from '../components/storage-panel.js'
import { StreamsPanel } from '../components/streams-panel.js'
import '../styles/dashboard.css'

const PlaysChart = lazy(async () => ({ default: (await import('../components/plays-chart.js')).PlaysChart }))
const HOUR_MS = 3_600_000

export function DashboardPage (): ReactNode {
  const t = useTranslations('dashboard')
  const period = periodOf(useSearch({ from: '/staff/' }))
  return (
    <>
      <PageHead title={t('title')} />
      <PeriodFilter key={`${period.from} ${period.to}`} period={period} />
      <div className="dashboard">
        <Totals period={period} />
        <StreamsPanel />
        <DaysPanel period={period} />
        <TopTitlesPanel period={period} />
        <PlansPanel period={period} />
        <StoragePanel period={period} />
        <ErrorsPanel period={period} />
        <HealthPanel />
      </div>
    </>
  )
}

function useHours (): (ms: number) => string {
  const { number } = useFormats()
  return (ms) => number(Math.round(ms / HOUR_MS * 10) / 10)
}

function Totals ({ period }: { readonly period: Period }): ReactNode {
  const t = useTranslations('dashboard')
  const { number } = useFormats()
  const formatHours = useHours()
  const { data: days } = useQuery(daysQuery(period))
  const { data: plans } = useQuery(planCountsQuery(period))
  const sum = (read: (day: PlaysOfDay) => number): number | undefined => days?.reduce((all, day) => all + read(day), 0)
  const show = (value: number | undefined, format: (value: number) => string = number): string =>
    value === undefined ? '…' : format(value)
  const totals = [
    [t('plays'), show(sum(({ plays }) => plays))],
    [t('hours'), show(sum(({ watchedMs }) => watchedMs), formatHours)],
    [t('viewers'), show(days === undefined ? undefined : Math.max(0, ...days.map(({ profiles }) => profiles)))],
    [t('signUps'), show(plans?.reduce((all, { signUps }) => all + signUps, 0))],
  ] as const
  return (
    <dl className="totals">
      {totals.map(([name, value]) => (
        <div key={name} className="total">
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  )
}

function DaysPanel ({ period }: { readonly period: Period }): ReactNode {
  const t = useTranslations('dashboard')
  const { number, date } = useFormats()
  const formatHours = useHours()
  const { data: days = [] } = useQuery(daysQuery(period))
  const columns: Array<DataColumn<PlaysOfDay>> = [
    { id: 'day', header: t('day'), cell: (day) => date(day.date) },
    { id: 'plays', header: t('plays'), isNumber: true, cell: ({ plays }) => number(plays) },
    { id: 'hours', header: t('hoursColumn'), isNumber: true, cell: ({ watchedMs }) => formatHours(watchedMs) },
    { id: 'profiles', header: t('profiles'), isNumber: true, cell: ({ profiles }) => number(profiles) },
  ]
  return (
    <Panel
      title={t('playsByDay')}
      className="panel-wide"
      actions={<CsvButton table="days" period={period} name={t('playsByDay')} />}
    >
      <Suspense fallback={<div className="chart skeleton" />}>
        <PlaysChart days={days} />
      </Suspense>
      <details className="disclosure">
        <summary>{t('showTable')}</summary>
        <DataTable
          label={t('playsByDay')}
          items={days.filter(({ plays, watchedMs }) => plays > 0 || watchedMs > 0)}
          getId={(day) => day.date}
          columns={columns}
          emptyText={t('noPlays')}
        />
      </details>
    </Panel>
  )
}

function TopTitlesPanel ({ period }: { readonly period: Period }): ReactNode {
  const t = useTranslations('dashboard')
  const { number } = useFormats()
  const formatHours = useHours()
  const { data: titles = [] } = useQuery(topTitlesQuery(period))
  const columns: Array<DataColumn<PlaysOfTitle>> = [
    { id: 'title', header: t('titleColumn'), cell: ({ title }) => <strong>{title}</strong> },
    { id: 'plays', header: t('plays'), isNumber: true, cell: ({ plays }) => number(plays) },
    { id: 'hours', header: t('hoursColumn'), isNumber: true, cell: ({ watchedMs }) => formatHours(watchedMs) },
    { id: 'profiles', header: t('profiles'), isNumber: true, cell: ({ profiles }) => number(profiles) },
  ]
  return (
    <Panel title={t('topTitles')} actions={<CsvButton table="titles" period={period} name={t('topTitles')} />}>
      <DataTable
        label={t('topTitles')}
        items={titles}
        getId={({ titleId }) => titleId}
        columns={columns}
        emptyText={t('noPlays')}
      />
    </Panel>
  )
}

function PlansPanel ({ period }: { readonly period: Period }): ReactNode {
  const t = useTranslations('dashboard')
  const { number } = useFormats()
  const namePlan = usePlanName()
  const { data: plans = [] } = useQuery(planCountsQuery(period))
  const columns: Array<DataColumn<AccountsOfPlan>> = [
    { id: 'plan', header: t('plan'), cell: ({ plan }) => <strong>{namePlan(plan)}</strong> },
    { id: 'accounts', header: t('accounts'), isNumber: true, cell: ({ accounts }) => number(accounts) },
    { id: 'signUps', header: t('signUps'), isNumber: true, cell: ({ signUps }) => number(signUps) },
  ]
  return (
    <Panel title={t('accountsByPlan')} actions={<CsvButton table="plans" period={period} name={t('accountsByPlan')} />}>
      <DataTable
        label={t('accountsByPlan')}
        items={plans}
        getId={({ plan }) =>
          plan}
        columns={columns}
        emptyText={t('noPlays')}
      />
      <SignUps period={period} />
    </Panel>
  )
}

/** Sign-ups by day, for the plans that the accounts have now. */
function SignUps ({ period }: { readonly period: Period }): ReactNode {
  const t = useTranslations('dashboard')
  const { number, date } = useFormats()
  const namePlan = usePlanName()
  const { data: signUps = [] } = useQuery(signUpsQuery(period))
  const columns: Array<DataColumn<SignUpsOfDay>> = [
    { id: 'day', header: t('day'), cell: (day) => date(day.date) },
    { id: 'plan', header: t('plan'), cell: ({ plan }) => namePlan(plan) },
    { id: 'signUps', header: t('signUps'), isNumber: true, cell: (day) => number(day.signUps) },
  ]
  return (
    <details className="disclosure">
      <summary>{t('signUpsByDay')}</summary>
      <DataTable
        label={t('signUpsByDay')}
        items={signUps}
        getId={(day) => `${day.date} ${day.plan}`}
        columns={columns}
        emptyText={t('noSignUps')}
      />
      <CsvButton table="sign-ups" period={period} name={t('signUpsByDay')} />
    </details>
  )
}
