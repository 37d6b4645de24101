// The audit log with its filters.
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useState, type FormEvent, type ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { Button } from '@shared/design/button.js'
import { SelectField, TextField } from '@shared/design/field.js'
import { auditQuery } from '../api/accounts.js'
import { AuditTable } from '../components/audit-table.js'
import { PageHead } from '../components/page.js'
import { validateAuditSearch, type AuditSearch } from '../searches.js'

const RESULTS = ['ok', 'refused', 'throttled', 'failed'] as const
const TEXT_FILTERS = ['action', 'account', 'actor'] as const

export function AuditPage (): ReactNode {
  const t = useTranslations('audit')
  const search = useSearch({ from: '/staff/audit' })
  return (
    <>
      <PageHead title={t('title')} />
      <AuditFilters search={search} />
      <AuditTable query={auditQuery(search)} label={t('title')} />
    </>
  )
}

function AuditFilters ({ search }: { readonly search: AuditSearch }): ReactNode {
  const t = useTranslations('audit')
  const navigate = useNavigate()
  const [texts, setTexts] = useState({
    action: search.action ?? '',
    account: search.account ?? '',
    actor: search.actor ?? '',
  })
  const change = (fields: Record<string, unknown>): void => {
    void navigate({ to: '/audit', search: validateAuditSearch({ ...search, ...texts, ...fields }), replace: true })
  }
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    change({})
  }
  return (
    <form className="filters" role="search" onSubmit={submit}>
      {TEXT_FILTERS.map((name) => (
        <TextField
          key={name}
          label={t(`${name}Filter`)}
          value={texts[name]}
          onChange={({ target }) => {
            setTexts({ ...texts, [name]: target.value.trim() })
          }}
        />
      ))}
      <SelectField
        label={t('result')}
        value={search.result ?? ''}
        options={[{ value: '', label: t('anyResult') }, ...RESULTS.map((value) => ({ value, label: t(value) }))]}
        onChange={({ target }) => {
          change({ result: target.value })
        }}
      />
      {(['from', 'to'] as const).map((name) => (
        <TextField
          key={name}
          label={t(name)}
          type="date"
          value={search[name] ?? ''}
          onChange={({ target }) => {
            change({ [name]: target.value })
          }}
        />
      ))}
      <Button type="submit">{t('filter')}</Button>
    </form>
  )
}
