// A section of a settings page.
import { clsx } from 'clsx'
import { useId, type ReactNode } from 'react'
import '../styles/settings.css'

interface PanelProps {
  readonly title: string
  readonly text?: string
  readonly className?: string
  readonly children: ReactNode
}

export function Panel ({ title, text, className, children }: PanelProps): ReactNode {
  const id = useId()
  return (
    <section className={clsx('panel', className)} aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      {text === undefined ? null : <p className="quiet">{text}</p>}
      {children}
    </section>
  )
}

interface PanelRowProps {
  readonly label: ReactNode
  readonly text?: ReactNode
  /** The action of the row. */
  readonly children?: ReactNode
}

export function PanelRow ({ label, text, children }: PanelRowProps): ReactNode {
  return (
    <div className="panel-row">
      <div className="panel-row-text">
        <strong>{label}</strong>
        {text === undefined ? null : <span className="quiet">{text}</span>}
      </div>
      {children}
    </div>
  )
}
