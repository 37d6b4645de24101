// Form fields that convert between text and the values of the API.
import { useState, type ReactNode } from 'react'
import { TextArea, TextField } from '@shared/design/field.js'

interface FieldProps<Value> {
  readonly label: string
  readonly hint?: string
  readonly value: Value
  readonly onChange: (value: Value) => void
}

/** Text; empty text means null. */
export function OptionalText (
  { label, hint, value, onChange, ...props }: FieldProps<string | null> & {
    readonly maxLength?: number,
    readonly type?: string,
  },
): ReactNode {
  return (
    <TextField
      label={label}
      {...hint === undefined ? {} : { hint }}
      {...props}
      value={value ?? ''}
      onChange={({ target }) => {
        onChange(target.value === '' ? null : target.value)
      }}
    />
  )
}

/** Long text; empty text means null. */
export function OptionalTextArea ({ label, value, onChange }: FieldProps<string | null>): ReactNode {
  return (
    <TextArea
      label={label}
      rows={4}
      maxLength={10_000}
      value={value ?? ''}
      onChange={({ target }) => {
        onChange(target.value === '' ? null : target.value)
      }}
    />
  )
}

/** A list of texts, one on each line. */
export function Lines ({ label, hint, value, onChange }: FieldProps<string[]>): ReactNode {
  const [text, setText] = useState(value.join('\n'))
  const lines = splitLines(text)
  // Another value than that of the text comes from outside, such as a saved or discarded change.
  const shown = lines.join('\n') === value.join('\n') ? text : value.join('\n')
  return (
    <TextArea
      label={label}
      {...hint === undefined ? {} : { hint }}
      rows={3}
      value={shown}
      onChange={({ target }) => {
        setText(target.value)
        onChange(splitLines(target.value))
      }}
    />
  )
}

function splitLines (text: string): string[] {
  return text.split('\n').map((line) => line.trim()).filter((line) => line !== '')
}

interface NumberProps extends FieldProps<number | null> {
  readonly min?: number
  readonly max?: number
  readonly step?: number | 'any'
}

/** A number; an empty field means null. */
export function OptionalNumber ({ label, hint, value, onChange, ...limits }: NumberProps): ReactNode {
  return (
    <TextField
      label={label}
      {...hint === undefined ? {} : { hint }}
      type="number"
      inputMode="numeric"
      {...limits}
      value={value ?? ''}
      onChange={({ target }) => {
        onChange(target.value === '' || Number.isNaN(target.valueAsNumber) ? null : target.valueAsNumber)
      }}
    />
  )
}

const MINUTE_MS = 60_000

/** A duration in ms, edited in minutes. */
export function Minutes ({ label, value, onChange }: FieldProps<number | null>): ReactNode {
  return (
    <OptionalNumber
      label={label}
      min={0}
      step="any"
      value={value === null ? null : Math.round(value / MINUTE_MS * 100) / 100}
      onChange={(minutes) => {
        onChange(minutes === null ? null : Math.round(minutes * MINUTE_MS))
      }}
    />
  )
}

/** A time as RFC 3339 text, edited as local time. */
export function DateTime ({ label, hint, value, onChange }: FieldProps<string | null>): ReactNode {
  return (
    <TextField
      label={label}
      {...hint === undefined ? {} : { hint }}
      type="datetime-local"
      value={value === null ? '' : toLocalTime(value)}
      onChange={({ target }) => {
        onChange(target.value === '' ? null : new Date(target.value).toISOString())
      }}
    />
  )
}

/** 2026-11-26T14:00:00Z as the value of a datetime-local field in the time zone of the browser. */
function toLocalTime (timestamp: string): string {
  const date = new Date(timestamp)
  return new Date(date.getTime() - date.getTimezoneOffset() * MINUTE_MS).toISOString().slice(0, 16)
}
