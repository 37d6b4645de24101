// Finds a title by its name and selects it.
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useDeferredValue, useState, type ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { TextField } from '@shared/design/field.js'
import { titleMatchesQuery, type AdminTitle } from '../api/titles.js'

interface TitlePickerProps {
  readonly label: string
  readonly initialText?: string
  /** Titles that cannot be selected again. */
  readonly excludedIds?: readonly string[]
  readonly onSelect: (title: AdminTitle) => void
}

const MIN_LENGTH = 2

export function TitlePicker ({ label, initialText = '', excludedIds = [], onSelect }: TitlePickerProps): ReactNode {
  const t = useTranslations('catalogue')
  const [text, setText] = useState(initialText)
  const query = useDeferredValue(text.trim())
  const { data: matches = [], isFetched } = useQuery({
    ...titleMatchesQuery(query),
    enabled: query.length >= MIN_LENGTH,
    placeholderData: keepPreviousData,
  })
  const shown = query.length < MIN_LENGTH ? [] : matches.filter(({ id }) => !excludedIds.includes(id))
  return (
    <div className="picker">
      <TextField
        label={label}
        type="search"
        autoComplete="off"
        value={text}
        onChange={({ target }) => {
          setText(target.value)
        }}
      />
      <ul className="picker-results" aria-label={label}>
        {shown.map((title) => (
          <li key={title.id}>
            <button
              type="button"
              className="menu-item"
              onClick={() => {
                setText('')
                onSelect(title)
              }}
            >
              <span className="stacked">
                <span>{title.year === null ? title.title : `${title.title} (${title.year})`}</span>
                <small>{t(title.kind)}{title.published ? null : ` · ${t('draft')}`}</small>
              </span>
            </button>
          </li>
        ))}
      </ul>
      {isFetched && query.length >= MIN_LENGTH && shown.length === 0
        ? <p className="quiet" role="status">{t('empty')}</p>
        : null}
    </div>
  )
}
