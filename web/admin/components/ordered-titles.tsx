// The titles of a collection in order: add by search, move and remove.
import { ArrowDown, ArrowUp, X } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { IconButton } from '@shared/design/button.js'
import { moveItem } from '../editor/lists.js'
import { Panel } from './page.js'
import { TitlePicker } from './title-picker.js'

interface OrderedTitlesProps {
  readonly titleIds: readonly string[]
  /** Names of the stored titles; undefined while they load. */
  readonly names: ReadonlyMap<string, string> | undefined
  readonly onChange: (titleIds: string[]) => void
}

export function OrderedTitles ({ titleIds, names, onChange }: OrderedTitlesProps): ReactNode {
  const t = useTranslations('collections')
  const editor = useTranslations('editor')
  const [addedNames, setAddedNames] = useState<Readonly<Record<string, string>>>({})
  const nameTitle = (id: string): string => addedNames[id] ?? names?.get(id) ?? (names === undefined ? '…' : id)
  return (
    <Panel title={t('titles')} className="section">
      {titleIds.length === 0 ? <p className="quiet">{t('noTitles')}</p> : null}
      <ol className="edit-list" aria-label={t('titles')}>
        {titleIds.map((id, index) => {
          const name = nameTitle(id)
          return (
            <li key={id} className="episode-row">
              <span className="episode-number">{index + 1}</span>
              <span className="episode-name">{name}</span>
              <span className="edit-row-actions">
                <IconButton
                  icon={ArrowUp}
                  label={editor('moveUp', { name })}
                  onClick={() => {
                    onChange(moveItem(titleIds, index, -1))
                  }}
                />
                <IconButton
                  icon={ArrowDown}
                  label={editor('moveDown', { name })}
                  onClick={() => {
                    onChange(moveItem(titleIds, index, 1))
                  }}
                />
                <IconButton
                  icon={X}
                  label={editor('remove', { name })}
                  onClick={() => {
                    onChange(titleIds.filter((one) => one !== id))
                  }}
                />
              </span>
            </li>
          )
        })}
      </ol>
      <TitlePicker
        label={t('addTitle')}
        excludedIds={titleIds}
        onSelect={({ id, title, year }) => {
          setAddedNames({ ...addedNames, [id]: year === null ? title : `${title} (${year})` })
          onChange([...titleIds, id])
        }}
      />
    </Panel>
  )
}
