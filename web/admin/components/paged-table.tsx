// A list of the API as a table. Further pages load on request.
import type { UseInfiniteQueryResult } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { Button } from '@shared/design/button.js'
import { ErrorState, Spinner } from '@shared/design/states.js'
import { DataTable, type DataTableProps } from './data-table.js'

type PagedList = Pick<
  UseInfiniteQueryResult,
  'error' | 'isPending' | 'refetch' | 'hasNextPage' | 'fetchNextPage' | 'isFetchingNextPage'
>

interface PagedTableProps<Item> extends Omit<DataTableProps<Item>, 'items'> {
  readonly list: PagedList
  /** The items of all loaded pages; undefined before the first one. */
  readonly items: Item[] | undefined
}

export function PagedTable<Item extends object> (
  { list, items, ...table }: PagedTableProps<Item>,
): ReactNode {
  const common = useTranslations('common')
  const { error, isPending, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = list
  return (
    <>
      {error === null ? null : <ErrorState error={error} retry={() => void refetch()} />}
      {isPending ? <Spinner /> : null}
      {items === undefined ? null : <DataTable items={items} {...table} />}
      {hasNextPage
        ? (
          <div className="table-more">
            <Button isBusy={isFetchingNextPage} onClick={() => void fetchNextPage()}>{common('showMore')}</Button>
          </div>
        )
        : null}
    </>
  )
}
