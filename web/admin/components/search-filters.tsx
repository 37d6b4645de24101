// The filters above a table: a search, which is in the URL after it is submitted or cleared, and selections.
import { useState, type FormEvent, type ReactNode } from 'react'
import { SelectField, TextField } from '@shared/design/field.js'

interface SearchFiltersProps {
  readonly label: string
  /** The search in the URL. */
  readonly query: string | undefined
  readonly maxLength: number
  /** @param query undefined: no search */
  readonly onSearch: (query: string | undefined) => void
  /** Further filters. */
  readonly children: ReactNode
}

export function SearchFilters ({ label, query, maxLength, onSearch, children }: SearchFiltersProps): ReactNode {
  const [text, setText] = useState(query ?? '')
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    onSearch(text.trim())
  }
  return (
    <form className="filters" role="search" onSubmit={submit}>
      <TextField
        label={label}
        type="search"
        value={text}
        maxLength={maxLength}
        onChange={({ target: { value } }) => {
          setText(value)
          if (value === '') onSearch(undefined)
        }}
      />
      {children}
    </form>
  )
}

interface FlagFilterProps {
  readonly label: string
  readonly value: boolean | undefined
  /** Labels of the choices. */
  readonly anyLabel: string
  readonly trueLabel: string
  readonly falseLabel: string
  /** @param value undefined: both */
  readonly onChange: (value: boolean | undefined) => void
}

/** A selection between yes, no and both. */
export function FlagFilter (
  { label, value, anyLabel, trueLabel, falseLabel, onChange }: FlagFilterProps,
): ReactNode {
  return (
    <SelectField
      label={label}
      value={String(value ?? '')}
      options={[
        { value: '', label: anyLabel },
        { value: 'true', label: trueLabel },
        { value: 'false', label: falseLabel },
      ]}
      onChange={({ target }) => {
        onChange(target.value === '' ? undefined : target.value === 'true')
      }}
    />
  )
}
