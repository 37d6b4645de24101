// The current password, which confirms a change of the account.
import type { ReactNode } from 'react'
import { TextField } from '@shared/design/field.js'

interface CurrentPasswordFieldProps {
  readonly label: string
  readonly error: string | null
  readonly value: string
  readonly onChange: (value: string) => void
}

export function CurrentPasswordField ({ label, error, value, onChange }: CurrentPasswordFieldProps): ReactNode {
  return (
    <TextField
      label={label}
      type="password"
      autoComplete="current-password"
      required
      error={error}
      value={value}
      onChange={({ target }) => {
        onChange(target.value)
      }}
    />
  )
}
