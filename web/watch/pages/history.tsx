// The watch history, by title or by play, grouped by day.
import { useInfiniteQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { useState, type ReactNode } from 'react'
import { useFormatter, useTranslations } from 'use-intl'
import { Button } from '@shared/design/button.js'
import { ConfirmDialog } from '@shared/design/confirm-dialog.js'
import { TextField } from '@shared/design/field.js'
import { ErrorState, Spinner } from '@shared/design/states.js'
import {
  clearHistory,
  historyQuery,
  isHistoryGroup,
  type HistoryEntry,
  type HistorySearch,
} from '../api/my-stuff.js'
import { HistoryRow } from '../components/my-stuff/history-row.js'
import { EmptyList, MyStuffPage } from '../components/my-stuff/my-stuff-page.js'
import { ShowMore } from '../components/show-more.js'
import { useUndoableAction } from '../components/use-action.js'

/** Midnight in the time zone of the user. @param date such as "2026-01-31" */
function startOfDay (date: string, daysLater = 0): string {
  const [year = 1970, month = 1, day = 1] = date.split('-').map(Number)
  return new Date(year, month - 1, day + daysLater).toISOString()
}

function filterOf ({ view, title, from, to }: HistorySearch) {
  return {
    ...view === 'plays' || title !== undefined ? {} : { group: 'title' as const },
    ...title === undefined ? {} : { titleId: title },
    ...from === undefined ? {} : { from: startOfDay(from) },
    ...to === undefined ? {} : { to: startOfDay(to, 1) },
  }
}

export function HistoryPage (): ReactNode {
  const t = useTranslations('history')
  const search = useSearch({ from: '/profile/history' })
  const list = useInfiniteQuery(historyQuery(filterOf(search)))
  const { data, error, isPending, refetch } = list
  const entries = data?.pages.flatMap(({ items }) => items) ?? []
  const isFiltered = search.title !== undefined || search.from !== undefined || search.to !== undefined
  return (
    <MyStuffPage title={t('title')} controls={<HistoryControls search={search} isEmpty={entries.length === 0} />}>
      {error !== null && data === undefined ? <ErrorState error={error} retry={() => void refetch()} /> : null}
      {isPending ? <Spinner /> : null}
      {data !== undefined && entries.length === 0
        ? <EmptyList title={t('empty')} text={t(isFiltered ? 'emptyFilterText' : 'emptyText')} />
        : null}
      <HistoryDays entries={entries} />
      <ShowMore list={list} />
    </MyStuffPage>
  )
}

function HistoryDays ({ entries }: { readonly entries: readonly HistoryEntry[] }): ReactNode {
  const format = useFormatter()
  const days = new Map<string, HistoryEntry[]>()
  for (const entry of entries) {
    const { lastWatchedAt } = isHistoryGroup(entry) ? entry.last : entry
    const day = format.dateTime(new Date(lastWatchedAt), { dateStyle: 'full' })
    days.set(day, [...days.get(day) ?? [], entry])
  }
  return [...days].map(([day, ofDay]) => (
    <section key={day} className="history-day" aria-label={day}>
      <h2>{day}</h2>
      <ul>
        {ofDay.map((entry) => <HistoryRow key={isHistoryGroup(entry) ? entry.title.id : entry.id} entry={entry} />)}
      </ul>
    </section>
  ))
}

interface HistoryControlsProps {
  readonly search: HistorySearch
  readonly isEmpty: boolean
}

function HistoryControls ({ search, isEmpty }: HistoryControlsProps): ReactNode {
  const t = useTranslations('history')
  const navigate = useNavigate({ from: '/history' })
  const [isAsking, setAsking] = useState(false)
  const clear = useUndoableAction(async () => await clearHistory(search.title ?? null), () => t('cleared'))
  const isOfTitle = search.title !== undefined
  const setDate = (name: 'from' | 'to', value: string): void => {
    const { [name]: _, ...rest } = search
    void navigate({ search: value === '' ? rest : { ...rest, [name]: value }, replace: true })
  }
  return (
    <>
      {isOfTitle
        ? <Link to="/history" className="tab">{t('allTitles')}</Link>
        : (
          <div className="tabs" role="group" aria-label={t('view')}>
            {(['titles', 'plays'] as const).map((view) => (
              <Link
                key={view}
                to="/history"
                search={{ ...search, view }}
                className="tab"
                activeProps={{}}
                aria-current={(search.view ?? 'titles') === view ? 'true' : undefined}
              >
                {t(view)}
              </Link>
            ))}
          </div>
        )}
      {(['from', 'to'] as const).map((name) => (
        <TextField
          key={name}
          label={t(name)}
          type="date"
          value={search[name] ?? ''}
          onChange={({ target }) => {
            setDate(name, target.value)
          }}
        />
      ))}
      <Button
        look="quiet"
        disabled={isEmpty}
        onClick={() => {
          setAsking(true)
        }}
      >
        {t(isOfTitle ? 'clearTitle' : 'clearAll')}
      </Button>
      <ConfirmDialog
        isOpen={isAsking}
        onClose={() => {
          setAsking(false)
        }}
        title={t(isOfTitle ? 'clearTitleQuestion' : 'clearAllQuestion')}
        text={t('clearText')}
        confirmLabel={t(isOfTitle ? 'clearTitle' : 'clearAll')}
        onConfirm={async () => await clear.mutateAsync(undefined)}
      />
    </>
  )
}
