// Parts of pages: the heading with actions, and panels.
import { useId, type ReactNode } from 'react'
import { usePageTitle } from '@shared/design/page-title.js'

interface PageHeadProps {
  readonly title: string
  readonly children?: ReactNode
}

/** The heading of a page, and its actions. */
export function PageHead ({ title, children }: PageHeadProps): ReactNode {
  usePageTitle(title)
  return (
    <div className="page-head">
      <h1>{title}</h1>
      {children === undefined ? null : <div className="actions">{children}</div>}
    </div>
  )
}

interface PanelProps {
  readonly title: string
  readonly actions?: ReactNode
  readonly className?: string
  readonly children: ReactNode
}

/** A part of a page with a heading. */
export function Panel ({ title, actions, className = '', children }: PanelProps): ReactNode {
  const id = useId()
  return (
    <section className={`panel ${className}`} role="group" aria-labelledby={id}>
      <div className="panel-head">
        <h2 id={id}>{title}</h2>
        {actions}
      </div>
      {children}
    </section>
  )
}
