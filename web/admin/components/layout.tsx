// The frame of the pages: navigation at the side, a drawer on phones, and the account menu.
import { Link, Outlet, useRouterState, type LinkProps } from '@tanstack/react-router'
import type { LucideIcon } from 'lucide-react'
import {
  ArrowDownUp,
  ChartColumn,
  Film,
  KeyRound,
  Layers,
  Menu,
  ScrollText,
  ShieldX,
  UploadCloud,
  Users,
  Webhook,
} from 'lucide-react'
import { useEffect, useRef, type ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { useAccount, useSession } from '@shared/api/hooks.js'
import { buttonClass } from '@shared/design/button.js'
import { PageState } from '@shared/design/states.js'
import { canOpen, type Area } from '../access.js'
import { AccountMenu } from './account-menu.js'

interface NavigationItem {
  readonly area: Area
  readonly to: LinkProps['to']
  readonly icon: LucideIcon
}

const ITEMS: readonly NavigationItem[] = [
  { area: 'dashboard', to: '/', icon: ChartColumn },
  { area: 'catalogue', to: '/catalogue', icon: Film },
  { area: 'collections', to: '/collections', icon: Layers },
  { area: 'media', to: '/media', icon: UploadCloud },
  { area: 'transfer', to: '/transfer', icon: ArrowDownUp },
  { area: 'accounts', to: '/accounts', icon: Users },
  { area: 'audit', to: '/audit', icon: ScrollText },
  { area: 'webhooks', to: '/webhooks', icon: Webhook },
  { area: 'tokens', to: '/tokens', icon: KeyRound },
]

export function AdminLayout (): ReactNode {
  const { account } = useSession()
  // The log-out navigates to the log-in page.
  if (account === null) return null
  return account.role === 'member' ? <NoAccess /> : <StaffLayout />
}

function NoAccess (): ReactNode {
  const t = useTranslations('layout')
  return (
    <main>
      <PageState icon={ShieldX} title={t('noAccess')} text={t('noAccessText')}>
        <a href="/watch" className={buttonClass('main')}>{t('watchApp')}</a>
      </PageState>
    </main>
  )
}

function StaffLayout (): ReactNode {
  const t = useTranslations('layout')
  const common = useTranslations('common')
  const main = useRef<HTMLElement>(null)
  const drawer = useRef<HTMLElement>(null)
  const pathname = useRouterState({ select: ({ location }) => location.pathname })
  const firstPath = useRef(pathname)
  const { role } = useAccount()
  // Screen readers and the keyboard continue at the new page.
  useEffect(() => {
    if (pathname !== firstPath.current) main.current?.focus({ preventScroll: true })
    firstPath.current = pathname
    if (drawer.current?.matches(':popover-open') === true) drawer.current.hidePopover()
  }, [pathname])
  return (
    <div className="frame">
      <a className="skip-link" href="#content">{common('skipToContent')}</a>
      <header className="topbar">
        <button type="button" className="icon-button" popoverTarget="navigation" aria-label={t('openNavigation')}>
          <Menu className="icon" aria-hidden />
        </button>
        <Brand />
        <AccountMenu />
      </header>
      <nav id="navigation" className="sidebar" popover="auto" ref={drawer} aria-label={t('navigation')}>
        <Brand />
        <ul className="sidebar-links">
          {ITEMS.filter(({ area }) => canOpen(role, area)).map(({ area, to, icon: Icon }) => (
            <li key={area}>
              <Link to={to} className="sidebar-link" activeOptions={{ exact: to === '/', includeSearch: false }}>
                <Icon className="icon" aria-hidden />
                {t(area)}
              </Link>
            </li>
          ))}
        </ul>
      </nav>
      <main id="content" ref={main} tabIndex={-1}>
        <Outlet />
      </main>
    </div>
  )
}

function Brand (): ReactNode {
  const t = useTranslations('layout')
  return (
    <Link to="/" className="brand">
      Norm<b>Flix</b> <small>{t('admin')}</small>
    </Link>
  )
}
