// A table of API items, with optional row selection. It scrolls inside a labelled region on narrow screens.
import {
  createColumnHelper,
  rowSelectionFeature,
  tableFeatures,
  useTable,
  type ColumnDef,
  type RowSelectionState,
} from '@tanstack/react-table'
import { useMemo, type ReactNode } from 'react'

const features = tableFeatures({ rowSelectionFeature })

export interface DataColumn<Item> {
  readonly id: string
  readonly header: string
  readonly cell: (item: Item) => ReactNode
  readonly isNumber?: boolean
  /** Stays in one line, such as a time; the table scrolls instead. */
  readonly isOneLine?: boolean
}

interface Selection<Item> {
  readonly rows: RowSelectionState
  readonly onChange: (rows: RowSelectionState) => void
  readonly allLabel: string
  readonly rowLabel: (item: Item) => string
}

export interface DataTableProps<Item> {
  /** The name of the table for screen readers. */
  readonly label: string
  readonly items: Item[]
  readonly getId: (item: Item) => string
  readonly columns: ReadonlyArray<DataColumn<Item>>
  readonly emptyText: string
  readonly selection?: Selection<Item>
}

const NO_ROWS: RowSelectionState = {}

export function DataTable<Item extends object> (
  { label, items, getId, columns, emptyText, selection }: DataTableProps<Item>,
): ReactNode {
  const definitions = useMemo(() => {
    const helper = createColumnHelper<typeof features, Item>()
    return columns.map(({ id, header, cell }): ColumnDef<typeof features, Item> =>
      helper.display({ id, header, cell: ({ row }) => cell(row.original) })
    )
  }, [columns])
  const table = useTable({
    features,
    columns: definitions,
    data: items,
    getRowId: getId,
    enableRowSelection: selection !== undefined,
    state: { rowSelection: selection?.rows ?? NO_ROWS },
    onRowSelectionChange: (change) => {
      selection?.onChange(typeof change === 'function' ? change(selection.rows) : change)
    },
  })
  const classOf = (columnId: string): string | undefined => {
    const { isNumber = false, isOneLine = false } = columns.find(({ id }) => id === columnId) ?? {}
    return isNumber ? 'is-number' : isOneLine ? 'is-one-line' : undefined
  }
  if (items.length === 0) return <p className="table-region table-empty">{emptyText}</p>
  return (
    // A region that scrolls can be focused, so that the arrow keys scroll it.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div className="table-region" role="region" aria-label={label} tabIndex={0}>
      <table className="table" aria-label={label}>
        <thead>
          {table.getHeaderGroups().map((group) => (
            <tr key={group.id}>
              {selection === undefined
                ? null
                : (
                  <th scope="col">
                    <Check
                      label={selection.allLabel}
                      isChecked={table.getIsAllRowsSelected()}
                      onChange={table.getToggleAllRowsSelectedHandler()}
                    />
                  </th>
                )}
              {group.headers.map((header) => (
                <th key={header.id} scope="col" className={classOf(header.column.id)}>
                  <table.FlexRender header={header} />
                </th>
              ))}
            </tr>
          ))}
        </thead>
        <tbody>
          {table.getRowModel().rows.map((row) => (
            <tr key={row.id} data-selected={row.getIsSelected()}>
              {selection === undefined
                ? null
                : (
                  <td>
                    <Check
                      label={selection.rowLabel(row.original)}
                      isChecked={row.getIsSelected()}
                      onChange={row.getToggleSelectedHandler()}
                    />
                  </td>
                )}
              {row.getAllCells().map((cell) => (
                <td key={cell.id} className={classOf(cell.column.id)}>
                  <table.FlexRender cell={cell} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

interface CheckProps {
  readonly label: string
  readonly isChecked: boolean
  readonly onChange: (event: unknown) => void
}

function Check ({ label, isChecked, onChange }: CheckProps): ReactNode {
  return (
    <label className="table-check">
      <input type="checkbox" aria-label={label} checked={isChecked} onChange={onChange} />
    </label>
  )
}
