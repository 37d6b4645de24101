// The frame of the pages with the lists of the profile: the heading and links to the other lists.
import { Link, type LinkProps } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { usePageTitle } from '@shared/design/page-title.js'
import '../../styles/my-stuff.css'
import '../../styles/tabs.css'

const LISTS: ReadonlyArray<
  { readonly to: LinkProps['to'], readonly name: 'wishlist' | 'history' | 'ratings' | 'hidden' | 'import' }
> = [
  { to: '/wishlist', name: 'wishlist' },
  { to: '/history', name: 'history' },
  { to: '/ratings', name: 'ratings' },
  { to: '/hidden', name: 'hidden' },
  { to: '/import', name: 'import' },
]

interface MyStuffPageProps {
  readonly title: string
  /** Controls of the list, beside the heading. */
  readonly controls?: ReactNode
  readonly children: ReactNode
}

export function MyStuffPage ({ title, controls, children }: MyStuffPageProps): ReactNode {
  const t = useTranslations('myStuff')
  usePageTitle(title)
  return (
    <div className="page my-stuff">
      <h1>{title}</h1>
      <nav className="tabs" aria-label={t('lists')}>
        {LISTS.map(({ to, name }) => (
          <Link key={name} to={to} className="tab" activeOptions={{ includeSearch: false }}>{t(name)}</Link>
        ))}
      </nav>
      {controls === undefined ? null : <div className="my-stuff-controls">{controls}</div>}
      {children}
    </div>
  )
}

/** An empty list. The heading of the page stays. */
export function EmptyList ({ title, text }: { readonly title: string, readonly text: string }): ReactNode {
  return (
    <div className="empty-list">
      <strong>{title}</strong>
      <p className="quiet">{text}</p>
    </div>
  )
}
