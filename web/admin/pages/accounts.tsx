// The table of accounts, with a search by a part of the email.
import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { SelectField } from '@shared/design/field.js'
import { useFormats } from '@shared/i18n/format.js'
import { accountListQuery, plansQuery, usePlanName, type AccountSummary } from '../api/accounts.js'
import { AccountStatus } from '../components/account-status.js'
import type { DataColumn } from '../components/data-table.js'
import { PageHead } from '../components/page.js'
import { FlagFilter, SearchFilters } from '../components/search-filters.js'
import { PagedTable } from '../components/paged-table.js'
import { validateAccountSearch, type AccountSearch } from '../searches.js'

const ROLES = ['member', 'support', 'editor', 'admin'] as const

export function AccountsPage (): ReactNode {
  const t = useTranslations('accounts')
  const search = useSearch({ from: '/staff/accounts' })
  const list = useInfiniteQuery({
    ...accountListQuery(search),
    placeholderData: keepPreviousData,
  })
  const columns = useAccountColumns()
  return (
    <>
      <PageHead title={t('title')} />
      <AccountFilters search={search} />
      <PagedTable
        list={list}
        label={t('title')}
        items={list.data?.pages.flatMap(({ items }) => items)}
        getId={({ id }) => id}
        columns={columns}
        emptyText={t('empty')}
      />
    </>
  )
}

function AccountFilters ({ search }: { readonly search: AccountSearch }): ReactNode {
  const t = useTranslations('accounts')
  const roles = useTranslations('roles')
  const navigate = useNavigate()
  const { data: plans = [] } = useQuery(plansQuery())
  const change = (fields: Record<string, unknown>): void => {
    void navigate({ to: '/accounts', search: validateAccountSearch({ ...search, ...fields }), replace: true })
  }
  return (
    <SearchFilters
      label={t('search')}
      query={search.q}
      maxLength={320}
      onSearch={(q) => {
        change({ q })
      }}
    >
      <SelectField
        label={t('plan')}
        value={search.plan ?? ''}
        options={[
          { value: '', label: t('anyPlan') },
          ...plans.map(({ id, name }) => ({ value: id, label: name })),
        ]}
        onChange={({ target }) => {
          change({ plan: target.value })
        }}
      />
      <SelectField
        label={t('role')}
        value={search.role ?? ''}
        options={[{ value: '', label: t('anyRole') }, ...ROLES.map((value) => ({ value, label: roles(value) }))]}
        onChange={({ target }) => {
          change({ role: target.value })
        }}
      />
      <FlagFilter
        label={t('status')}
        value={search.disabled}
        anyLabel={t('anyStatus')}
        trueLabel={t('disabled')}
        falseLabel={t('enabled')}
        onChange={(disabled) => {
          change({ disabled })
        }}
      />
    </SearchFilters>
  )
}

function useAccountColumns (): Array<DataColumn<AccountSummary>> {
  const t = useTranslations('accounts')
  const roles = useTranslations('roles')
  const { date, number } = useFormats()
  const namePlan = usePlanName()
  return [
    {
      id: 'email',
      header: t('email'),
      cell: ({ id, email }) => (
        <Link to="/accounts/$accountId" params={{ accountId: id }} className="table-link">{email}</Link>
      ),
    },
    { id: 'plan', header: t('plan'), cell: ({ plan }) => namePlan(plan) },
    { id: 'role', header: t('role'), cell: ({ role }) => roles(role) },
    { id: 'status', header: t('status'), cell: (account) => <AccountStatus account={account} /> },
    { id: 'profiles', header: t('profiles'), isNumber: true, cell: ({ profileCount }) => number(profileCount) },
    { id: 'created', header: t('created'), isOneLine: true, cell: ({ createdAt }) => date(createdAt) },
  ]
}
