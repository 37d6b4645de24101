// The titles of a collection in order: add by search, move and remove.
import { ArrowDown, ArrowUp, X } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { IconButton } from '@shared/design/button.js'
import type { CollectionTitle } from '../api/collections.js'
import { moveItem } from '../editor/lists.js'
import { Panel } from './page.js'
import { TitleStatus } from './title-columns.js'
import { TitlePicker } from './title-picker.js'

interface OrderedTitlesProps {
  readonly titleIds: readonly string[]
  /** The stored titles by ID; undefined while they load. */
  readonly titles: ReadonlyMap<string, CollectionTitle> | undefined
  readonly onChange: (titleIds: string[]) => void
}

export function OrderedTitles ({ titleIds, titles, onChange }: OrderedTitlesProps): ReactNode {
  const t = useTranslations('collections')
  const editor = useTranslations('editor')
  const [added, setAdded] = useState<Readonly<Record<string, CollectionTitle>>>({})
  const find = (id: string): CollectionTitle | undefined => added[id] ?? titles?.get(id)
  const nameTitle = (id: string): string => {
    const title = find(id)
    if (title === undefined) return titles === undefined ? '…' : id
    return title.year === null ? title.title : `${title.title} (${title.year})`
  }
  return (
    <Panel title={t('titles')} className="section">
      {titleIds.length === 0 ? <p className="quiet">{t('noTitles')}</p> : null}
      <ol className="edit-list" aria-label={t('titles')}>
        {titleIds.map((id, index) => {
          const name = nameTitle(id)
          const title = find(id)
          return (
            <li key={id} className="episode-row">
              <span className="episode-number">{index + 1}</span>
              <span className="episode-name">{name}</span>
              {title === undefined || title.published ? null : <TitleStatus title={title} />}
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
        onSelect={(title) => {
          setAdded({ ...added, [title.id]: title })
          onChange([...titleIds, title.id])
        }}
      />
    </Panel>
  )
}
