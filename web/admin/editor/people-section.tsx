// Cast and crew of a title, in order.
import { ArrowDown, ArrowUp, Plus, Trash2 } from 'lucide-react'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { Button, IconButton } from '@shared/design/button.js'
import { TextField } from '@shared/design/field.js'
import type { Title } from '../api/titles.js'
import { Panel } from '../components/page.js'
import { moveItem } from './lists.js'
import { PeoplePictures } from './people-pictures.js'
import type { TitleFields } from './title-fields.js'
import type { Changes } from './use-changes.js'

type Credit = TitleFields['cast'][number]
const DEPARTMENTS = ['cast', 'crew'] as const

interface PeopleSectionProps {
  readonly title: Title
  readonly form: Changes<TitleFields>
}

export function PeopleSection ({ title, form: { fields, setField } }: PeopleSectionProps): ReactNode {
  return (
    <div className="sections">
      {DEPARTMENTS.map((department) => (
        <Credits
          key={department}
          department={department}
          credits={fields[department]}
          onChange={(credits) => {
            setField(department, credits)
          }}
        />
      ))}
      <PeoplePictures credits={title.credits} />
    </div>
  )
}

interface CreditsProps {
  readonly department: typeof DEPARTMENTS[number]
  readonly credits: Credit[]
  readonly onChange: (credits: Credit[]) => void
}

function Credits ({ department, credits, onChange }: CreditsProps): ReactNode {
  const t = useTranslations('editor')
  return (
    <Panel
      title={t(department)}
      className="section"
      actions={
        <Button
          look="quiet"
          isSmall
          icon={Plus}
          onClick={() => {
            onChange([...credits, { name: '', role: null }])
          }}
        >
          {t('addPerson')}
        </Button>
      }
    >
      {credits.length === 0 ? <p className="quiet">{t('noPeople')}</p> : null}
      <ol className="edit-list">
        {credits.map((credit, index) => (
          <CreditRow
            // People have no ID before they are saved, and the order is what changes.
            key={index}
            credit={credit}
            roleLabel={t(department === 'cast' ? 'character' : 'jobTitle')}
            onChange={(changed) => {
              onChange(credits.map((one, at) => at === index ? changed : one))
            }}
            onMove={(by) => {
              onChange(moveItem(credits, index, by))
            }}
            onRemove={() => {
              onChange(credits.filter((_, at) => at !== index))
            }}
          />
        ))}
      </ol>
    </Panel>
  )
}

interface CreditRowProps {
  readonly credit: Credit
  readonly roleLabel: string
  readonly onChange: (credit: Credit) => void
  readonly onMove: (by: number) => void
  readonly onRemove: () => void
}

function CreditRow ({ credit, roleLabel, onChange, onMove, onRemove }: CreditRowProps): ReactNode {
  const t = useTranslations('editor')
  const { name, role = null, imdb } = credit
  return (
    <li className="edit-row">
      <TextField
        label={t('name')}
        required
        value={name}
        onChange={({ target }) => {
          onChange({ ...credit, name: target.value })
        }}
      />
      <TextField
        label={roleLabel}
        value={role ?? ''}
        onChange={({ target }) => {
          onChange({ ...credit, role: target.value === '' ? null : target.value })
        }}
      />
      <TextField
        label={t('imdbPerson')}
        placeholder="nm0000000"
        value={imdb ?? ''}
        onChange={({ target }) => {
          const { imdb: _old, ...others } = credit
          onChange(target.value === '' ? others : { ...others, imdb: target.value })
        }}
      />
      <div className="edit-row-actions">
        <IconButton
          icon={ArrowUp}
          label={t('moveUp', { name })}
          onClick={() => {
            onMove(-1)
          }}
        />
        <IconButton
          icon={ArrowDown}
          label={t('moveDown', { name })}
          onClick={() => {
            onMove(1)
          }}
        />
        <IconButton icon={Trash2} label={t('remove', { name })} onClick={onRemove} />
      </div>
    </li>
  )
}
