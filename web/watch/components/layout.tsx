// The frame of the pages: header with navigation, search and profile menu, and the content.
import { Menu } from '@base-ui/react/menu'
import { Link, Outlet, useNavigate, useRouterState } from '@tanstack/react-router'
import { ChevronDown, Search } from 'lucide-react'
import { useEffect, useRef, useState, type FormEvent, type ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { useSession } from '@shared/api/hooks.js'
import { logOut } from '@shared/api/session.js'
import { Avatar } from '@shared/design/avatar.js'
import { useChangeFeed } from '../api/change-feed.js'
import { LeaveKidsDialog } from './leave-kids-dialog.js'
import { OfflineNotice } from './offline-notice.js'

export function WatchLayout (): ReactNode {
  const t = useTranslations('common')
  const { account, profileId } = useSession()
  const profile = account?.profiles.find(({ id }) => id === profileId) ?? null
  const main = useRef<HTMLElement>(null)
  const pathname = useRouterState({ select: ({ location }) => location.pathname })
  const firstPath = useRef(pathname)
  useChangeFeed()
  useEffect(() => {
    document.body.classList.toggle('is-kids', profile?.kids === true)
  }, [profile?.kids])
  // Screen readers and the keyboard continue at the new page.
  useEffect(() => {
    if (pathname !== firstPath.current) main.current?.focus({ preventScroll: true })
    firstPath.current = pathname
  }, [pathname])
  return (
    <>
      <a className="skip-link" href="#content">{t('skipToContent')}</a>
      <Header />
      <OfflineNotice />
      <main id="content" ref={main} tabIndex={-1}>
        <Outlet />
      </main>
    </>
  )
}

function Header (): ReactNode {
  const t = useTranslations('layout')
  const { account, profileId } = useSession()
  const profile = account?.profiles.find(({ id }) => id === profileId) ?? null
  return (
    <header className="header">
      <Link to="/" className="brand" aria-label={t('home')}>Norm<b>Flix</b></Link>
      {profile === null ? null : (
        <>
          <nav className="main-nav" aria-label={t('navigation')}>
            <Link to="/">{t('home')}</Link>
          </nav>
          <SearchField />
        </>
      )}
      <ProfileMenu />
    </header>
  )
}

function SearchField (): ReactNode {
  const t = useTranslations('layout')
  const navigate = useNavigate()
  const query = useRouterState({ select: ({ location }) => (location.search as { q?: string }).q ?? '' })
  const [text, setText] = useState(query)
  useEffect(() => {
    setText(query)
  }, [query])
  const search = (event: FormEvent): void => {
    event.preventDefault()
    void navigate({ to: '/', search: { q: text } as never })
  }
  return (
    <form className="search" role="search" onSubmit={search}>
      <Search className="icon" aria-hidden />
      <input
        type="search"
        aria-label={t('search')}
        placeholder={t('searchHint')}
        value={text}
        maxLength={100}
        onChange={({ target }) => {
          setText(target.value)
        }}
      />
    </form>
  )
}

function ProfileMenu (): ReactNode {
  const t = useTranslations('layout')
  const navigate = useNavigate()
  const { account, profileId } = useSession()
  const [isLeavingKids, setLeavingKids] = useState(false)
  const profile = account?.profiles.find(({ id }) => id === profileId) ?? null
  if (account === null) return null
  const switchProfile = (): void => {
    if (profile?.kids === true) setLeavingKids(true)
    else void navigate({ to: '/profiles' })
  }
  const leave = async (): Promise<void> => {
    await logOut()
    await navigate({ to: '/log-in' })
  }
  return (
    <>
      <Menu.Root modal={false}>
        <Menu.Trigger className="profile-switch" aria-label={t('profileMenu')}>
          {profile === null ? null : <Avatar profile={profile} />}
          <span className="profile-switch-name">{profile?.name ?? account.email}</span>
          <ChevronDown className="icon" aria-hidden />
        </Menu.Trigger>
        <Menu.Portal>
          <Menu.Positioner sideOffset={8} align="end" className="menu-positioner">
            <Menu.Popup className="menu">
              <Menu.Item className="menu-item" onClick={switchProfile}>{t('switchProfile')}</Menu.Item>
              {profile?.kids === true ? null : (
                <>
                  <Menu.Separator className="menu-separator" />
                  <Menu.Item className="menu-item" onClick={() => void leave()}>{t('logOut')}</Menu.Item>
                </>
              )}
            </Menu.Popup>
          </Menu.Positioner>
        </Menu.Portal>
      </Menu.Root>
      <LeaveKidsDialog isOpen={isLeavingKids} onClose={() => { setLeavingKids(false) }} />
    </>
  )
}
