// The frame of the pages: header with navigation, search and profile menu, and the content.
import { Link, Outlet, useNavigate, useRouterState } from '@tanstack/react-router'
import { Search } from 'lucide-react'
import { useEffect, useRef, useState, type FormEvent, type ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { useSession } from '@shared/api/hooks.js'
import { useChangeFeed } from '../api/change-feed.js'
import { OfflineNotice } from './offline-notice.js'
import { ProfileMenu } from './profile-menu.js'

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
      <Link to="/" className="brand" aria-label={t('home')}>
        Norm<b>Flix</b>
      </Link>
      {profile === null ? null : (
        <>
          <nav className="main-nav" aria-label={t('navigation')}>
            <Link to="/browse/$kind" params={{ kind: 'shows' }}>{t('shows')}</Link>
            <Link to="/browse/$kind" params={{ kind: 'movies' }}>{t('movies')}</Link>
            <Link to="/wishlist">{t('wishlist')}</Link>
          </nav>
          <SearchField />
        </>
      )}
      <ProfileMenu />
    </header>
  )
}

/** The search field starts with the query of the page. */
function SearchField (): ReactNode {
  const query = useRouterState({ select: ({ location }) => (location.search as { q?: string }).q ?? '' })
  return <SearchForm key={query} query={query} />
}

function SearchForm ({ query }: { readonly query: string }): ReactNode {
  const t = useTranslations('layout')
  const navigate = useNavigate()
  const [text, setText] = useState(query)
  const search = (event: FormEvent): void => {
    event.preventDefault()
    void navigate({ to: '/search', search: { q: text } })
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
