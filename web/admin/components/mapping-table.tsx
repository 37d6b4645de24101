// The table of files before their upload: title, season, episode, language and edition.
import { X } from 'lucide-react'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { Button, IconButton } from '@shared/design/button.js'
import { useFormats } from '@shared/i18n/format.js'
import type { MappedFile, ResolvedFile } from '../upload/mapping.js'

interface MappingTableProps {
  readonly files: readonly ResolvedFile[]
  readonly onChange: (file: MappedFile) => void
  readonly onChoose: (file: MappedFile) => void
  readonly onRemove: (file: MappedFile) => void
}

export function MappingTable ({ files, ...actions }: MappingTableProps): ReactNode {
  const t = useTranslations('upload')
  return (
    <div className="table-region" role="region" aria-label={t('mapping')}>
      <table className="table mapping" aria-label={t('mapping')}>
        <thead>
          <tr>
            <th scope="col">{t('file')}</th>
            <th scope="col">{t('titleColumn')}</th>
            <th scope="col">{t('season')}</th>
            <th scope="col">{t('episode')}</th>
            <th scope="col">{t('language')}</th>
            <th scope="col">{t('edition')}</th>
            <th scope="col">{t('status')}</th>
            <th scope="col">
              <span className="visually-hidden">{t('remove')}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {files.map((file) => <MappingRow key={file.mapped.key} resolved={file} {...actions} />)}
        </tbody>
      </table>
    </div>
  )
}

interface MappingRowProps extends Omit<MappingTableProps, 'files'> {
  readonly resolved: ResolvedFile
}

function MappingRow ({ resolved, onChange, onChoose, onRemove }: MappingRowProps): ReactNode {
  const t = useTranslations('upload')
  const { bytes } = useFormats()
  const { mapped, item, problem } = resolved
  const { file, title, season, episode, language, edition } = mapped
  const name = file.name
  const isMovie = title?.kind === 'movie'
  return (
    <tr>
      <td>
        <span className="stacked mapping-file">
          <span>{name}</span>
          <small>{bytes(file.size)}</small>
        </span>
      </td>
      <td>
        <Button
          look="quiet"
          isSmall
          aria-label={t('titleOf', { name, title: title?.title ?? t('choose') })}
          onClick={() => {
            onChoose(mapped)
          }}
        >
          {title?.title ?? t('choose')}
        </Button>
      </td>
      <td>
        <NumberInput
          label={t('seasonOf', { name })}
          value={isMovie ? null : season}
          isDisabled={isMovie}
          onChange={(value) => {
            onChange({ ...mapped, season: value })
          }}
        />
      </td>
      <td>
        <NumberInput
          label={t('episodeOf', { name })}
          value={isMovie ? null : episode}
          isDisabled={isMovie}
          onChange={(value) => {
            onChange({ ...mapped, episode: value })
          }}
        />
      </td>
      <td>
        <input
          className="input mapping-tag"
          aria-label={t('languageOf', { name })}
          placeholder={t('fromFile')}
          value={language}
          onChange={({ target }) => {
            onChange({ ...mapped, language: target.value.trim() })
          }}
        />
      </td>
      <td>
        <input
          className="input mapping-edition"
          aria-label={t('editionOf', { name })}
          value={edition}
          maxLength={100}
          onChange={({ target }) => {
            onChange({ ...mapped, edition: target.value })
          }}
        />
      </td>
      <td>
        {problem === null
          ? <span className="tag tag-good">{t(item === null ? 'checking' : 'ready')}</span>
          : <span className="tag tag-warm">{t(problem)}</span>}
      </td>
      <td>
        <IconButton
          icon={X}
          label={t('removeFile', { name })}
          onClick={() => {
            onRemove(mapped)
          }}
        />
      </td>
    </tr>
  )
}

interface NumberInputProps {
  readonly label: string
  readonly value: number | null
  readonly isDisabled: boolean
  readonly onChange: (value: number | null) => void
}

function NumberInput ({ label, value, isDisabled, onChange }: NumberInputProps): ReactNode {
  return (
    <input
      className="input mapping-number"
      type="number"
      min={0}
      aria-label={label}
      disabled={isDisabled}
      value={value ?? ''}
      onChange={({ target }) => {
        onChange(Number.isNaN(target.valueAsNumber) ? null : target.valueAsNumber)
      }}
    />
  )
}
