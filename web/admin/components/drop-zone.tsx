// An area that takes files: dropped on it, or selected in a dialog.
import { clsx } from 'clsx'
import { UploadCloud } from 'lucide-react'
import { useRef, useState, type DragEvent, type ReactNode } from 'react'
import '../styles/drop-zone.css'

interface DropZoneProps {
  readonly label: string
  readonly hint?: string
  readonly accept: string
  readonly isMultiple?: boolean
  readonly isBusy?: boolean
  readonly onFiles: (files: File[]) => void
}

export function DropZone (
  { label, hint, accept, isMultiple = false, isBusy = false, onFiles }: DropZoneProps,
): ReactNode {
  const input = useRef<HTMLInputElement>(null)
  const [isOver, setOver] = useState(false)
  const drop = (event: DragEvent): void => {
    event.preventDefault()
    setOver(false)
    if (event.dataTransfer.files.length > 0) onFiles([...event.dataTransfer.files])
  }
  return (
    <label
      className={clsx('drop-zone', isOver && 'is-over')}
      aria-busy={isBusy || undefined}
      onDragOver={(event) => {
        event.preventDefault()
        setOver(true)
      }}
      onDragLeave={() => {
        setOver(false)
      }}
      onDrop={drop}
    >
      <UploadCloud className="icon" aria-hidden />
      <span>{label}</span>
      {hint === undefined ? null : <small className="quiet">{hint}</small>}
      <input
        ref={input}
        type="file"
        accept={accept}
        multiple={isMultiple}
        disabled={isBusy}
        onChange={({ target }) => {
          onFiles([...target.files ?? []])
          // The same file can be selected again.
          target.value = ''
        }}
      />
    </label>
  )
}
