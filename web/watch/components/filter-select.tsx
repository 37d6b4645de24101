// A filter: a menu of the browser with the number of titles beside each value.
import { clsx } from 'clsx'
import { useId, type ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { useFormats } from '@shared/i18n/format.js'

export interface FilterOption {
  readonly value: string
  readonly label: string
  readonly count?: number
}

interface FilterSelectProps {
  readonly label: string
  /** Empty: any value. */
  readonly value: string
  readonly options: readonly FilterOption[]
  readonly isRequired?: boolean
  readonly onChange: (value: string | undefined) => void
}

export function FilterSelect (
  { label, value, options, isRequired = false, onChange }: FilterSelectProps,
): ReactNode {
  const t = useTranslations('browse')
  const id = useId()
  const { number } = useFormats()
  // A value of the URL that no title has still shows as selected.
  const isKnown = value === '' || options.some((option) => option.value === value)
  return (
    <div className="filter">
      <label htmlFor={id}>{label}</label>
      <select
        id={id}
        className={clsx('input', value !== '' && !isRequired && 'is-active')}
        value={value}
        onChange={({ target }) => {
          onChange(target.value === '' ? undefined : target.value)
        }}
      >
        {isRequired ? null : <option value="">{t('any')}</option>}
        {isKnown ? null : <option value={value}>{value}</option>}
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.count === undefined ? option.label : `${option.label} (${number(option.count)})`}
          </option>
        ))}
      </select>
    </div>
  )
}
