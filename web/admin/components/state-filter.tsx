// The choice of the state by which a list is filtered, in `Filters`.
import type { ReactNode } from 'react'
import { SelectField } from '@shared/design/field.js'

/** The row of the filters of a list. */
export function Filters ({ children }: { readonly children: ReactNode }): ReactNode {
  return <div className="filters">{children}</div>
}

interface StateFilterProps<State extends string> {
  readonly label: string
  readonly states: readonly State[]
  /** Undefined: any state. */
  readonly value: State | undefined
  readonly anyLabel: string
  readonly labelOf: (state: State) => string
  readonly onChange: (state: State | undefined) => void
}

export function StateFilter<State extends string> (
  { label, states, value, anyLabel, labelOf, onChange }: StateFilterProps<State>,
): ReactNode {
  return (
    <SelectField
      label={label}
      value={value ?? ''}
      options={[{ value: '', label: anyLabel }, ...states.map((state) => ({ value: state, label: labelOf(state) }))]}
      onChange={({ target }) => {
        onChange(states.find((state) => state === target.value))
      }}
    />
  )
}
