// The choice of a file, by a button or by dropping it.
import { clsx } from 'clsx'
import { FileUp } from 'lucide-react'
import { useId, useState, type DragEvent, type ReactNode } from 'react'
import { useTranslations } from 'use-intl'

interface FileChoiceProps {
  readonly isBusy: boolean
  readonly onChoose: (file: File) => void
}

export function FileChoice ({ isBusy, onChoose }: FileChoiceProps): ReactNode {
  const t = useTranslations('importHistory')
  const id = useId()
  const [isOver, setOver] = useState(false)
  const drop = (event: DragEvent): void => {
    event.preventDefault()
    setOver(false)
    const [file] = event.dataTransfer.files
    if (file !== undefined) onChoose(file)
  }
  return (
    <label
      htmlFor={id}
      className={clsx('file-choice', isOver && 'is-over')}
      aria-busy={isBusy}
      onDragOver={(event) => {
        event.preventDefault()
        setOver(true)
      }}
      onDragLeave={() => {
        setOver(false)
      }}
      onDrop={drop}
    >
      <FileUp className="icon" aria-hidden />
      <strong>{t(isBusy ? 'checking' : 'chooseFile')}</strong>
      <span className="quiet">{t('fileHint')}</span>
      <input
        id={id}
        type="file"
        accept=".csv,.json,text/csv,application/json"
        disabled={isBusy}
        onChange={({ target }) => {
          const [file] = target.files ?? []
          // The same file can be chosen again.
          target.value = ''
          if (file !== undefined) onChoose(file)
        }}
      />
    </label>
  )
}
