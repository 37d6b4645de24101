// The choice of the state by which a list is filtered, in an element of the class `filters`.
import type { ReactNode } from 'react'
import { SelectField } from '@shared/design/field.js'

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
