// The table of all titles, drafts included.
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { useState, type ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { buttonClass } from '@shared/design/button.js'
import { useCanEdit } from '../access.js'
import { titleListQuery, type AdminTitle } from '../api/titles.js'
import { BulkPublish } from '../components/bulk-publish.js'
import { CatalogueFilters } from '../components/catalogue-filters.js'
import { PageHead } from '../components/page.js'
import { useTitleColumns } from '../components/title-columns.js'
import { PagedTable } from '../components/paged-table.js'
import type { CatalogueSearch } from '../searches.js'
import '../styles/catalogue.css'

type SelectedRows = Record<string, true>

export function CataloguePage (): ReactNode {
  const t = useTranslations('catalogue')
  const canEdit = useCanEdit()
  const search = useSearch({ from: '/staff/catalogue' })
  const navigate = useNavigate()
  const [selected, setSelected] = useState<SelectedRows>({})
  const list = useInfiniteQuery({ ...titleListQuery(search), placeholderData: keepPreviousData })
  const { data: titles = [] } = list
  const columns = useTitleColumns()
  const show = (change: CatalogueSearch): void => {
    setSelected({})
    void navigate({ to: '/catalogue', search: change, replace: true })
  }
  const selection = {
    rows: selected,
    onChange: setSelected,
    allLabel: t('selectAll'),
    rowLabel: ({ title }: AdminTitle) => t('select', { title }),
  }
  return (
    <>
      <PageHead title={t('title')}>
        {canEdit
          ? (
            <>
              <Link to="/catalogue/new/$kind" params={{ kind: 'movie' }} className={buttonClass('plain', true)}>
                {t('newMovie')}
              </Link>
              <Link to="/catalogue/new/$kind" params={{ kind: 'show' }} className={buttonClass('plain', true)}>
                {t('newShow')}
              </Link>
            </>
          )
          : null}
      </PageHead>
      {canEdit ? null : <p className="quiet">{t('readOnly')}</p>}
      <CatalogueFilters search={search} onChange={show} />
      {canEdit
        ? (
          <BulkPublish
            titles={titles.filter(({ id }) => selected[id] === true)}
            onClear={() => {
              setSelected({})
            }}
          />
        )
        : null}
      <PagedTable
        list={list}
        label={t('title')}
        items={list.data}
        getId={({ id }) => id}
        columns={columns}
        emptyText={t('empty')}
        {...canEdit ? { selection } : {}}
      />
    </>
  )
}
