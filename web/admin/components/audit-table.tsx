// Entries of the audit log.
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useMemo, type ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { useFormats } from '@shared/i18n/format.js'
import type { accountAuditQuery, AuditEntry, auditQuery } from '../api/accounts.js'
import type { DataColumn } from './data-table.js'
import { PagedTable } from './paged-table.js'

const RESULT_CLASSES = { ok: 'tag-good', refused: 'tag-warm', throttled: 'tag-warm', failed: 'tag-bad' } as const

interface AuditTableProps {
  readonly query: ReturnType<typeof auditQuery> | ReturnType<typeof accountAuditQuery>
  readonly label: string
}

export function AuditTable ({ query, label }: AuditTableProps): ReactNode {
  const t = useTranslations('audit')
  const list = useInfiniteQuery({
    ...query,
    placeholderData: keepPreviousData,
  })
  const columns = useAuditColumns()
  return (
    <PagedTable
      list={list}
      label={label}
      items={list.data?.pages.flatMap(({ items }) => items)}
      getId={({ id }) => id}
      columns={columns}
      emptyText={t('empty')}
    />
  )
}

function useAuditColumns (): Array<DataColumn<AuditEntry>> {
  const t = useTranslations('audit')
  const { dateTime } = useFormats()
  return useMemo(() => [
    { id: 'at', header: t('at'), isOneLine: true, cell: ({ at }) => dateTime(at) },
    { id: 'action', header: t('action'), cell: ({ action }) => <code>{action}</code> },
    {
      id: 'result',
      header: t('result'),
      cell: ({ result, reason }) => (
        <span className="stacked">
          <span>
            <span className={`tag ${RESULT_CLASSES[result]}`}>{t(result)}</span>
          </span>
          {reason === null ? null : <small>{reason}</small>}
        </span>
      ),
    },
    { id: 'actor', header: t('actor'), cell: ({ actor }) => <AccountLink id={actor} /> },
    { id: 'account', header: t('account'), cell: ({ account }) => <AccountLink id={account} /> },
    {
      id: 'subject',
      header: t('subject'),
      cell: ({ subject }) => subject === null ? '–' : <code>{subject.kind} {subject.id}</code>,
    },
    { id: 'address', header: t('address'), cell: ({ address }) => address ?? '–' },
  ], [t, dateTime])
}

/** Accounts have no names: the end of the ID distinguishes them. */
function AccountLink ({ id }: { readonly id: string | null }): ReactNode {
  const t = useTranslations('audit')
  if (id === null) return '–'
  return (
    <Link
      to="/accounts/$accountId"
      params={{ accountId: id }}
      className="table-link"
      aria-label={t('openAccount', { id: `…${id.slice(-6)}` })}
    >
      <code>…{id.slice(-6)}</code>
    </Link>
  )
}
