// The frame of the pages: header with navigation, search and profile menu, the content, and the footer.
import { Link, Outlet, useRouterState } from '@tanstack/react-router'
import { clsx } from 'clsx'
import { Clapperboard, House, ListVideo, Shapes, Tv } from 'lucide-react'
import { lazy, Suspense, useEffect, useRef, useSyncExternalStore, type ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { useSession } from '@shared/api/hooks.js'
import { useChangeFeed } from '../api/change-feed.js'
import { Footer } from './footer.js'
import { OfflineNotice } from './offline-notice.js'
import { ProfileMenu } from './profile-menu.js'
import { SearchField } from './search-field.js'

/** Most accounts never see it. */
const VerifyNotice = lazy(async () =>
  await import('./verify-notice.js').then(
    ({ VerifyNotice: notice }) => ({ default: notice }),
    () => ({ default: () => null }),
  )
)

export function WatchLayout (): ReactNode {
  const t = useTranslations('common')
  const { account, profileId } = useSession()
  const profile = account?.profiles.find(({ id }) => id === profileId) ?? null
  const isKids = profile?.kids === true
  const main = useRef<HTMLElement>(null)
  const pathname = useRouterState({ select: ({ location }) => location.pathname })
  const firstPath = useRef(pathname)
  useChangeFeed()
  useEffect(() => {
    document.body.classList.toggle('is-kids', isKids)
    return () => {
      document.body.classList.remove('is-kids')
    }
  }, [isKids])
  // Screen readers and the keyboard continue at the new page, except while the user types a query.
  useEffect(() => {
    const isTyping = document.activeElement?.closest('.search') !== null && document.activeElement !== null
    if (pathname !== firstPath.current && !isTyping) main.current?.focus({ preventScroll: true })
    firstPath.current = pathname
  }, [pathname])
  return (
    <>
      <a className="skip-link" href="#content">{t('skipToContent')}</a>
      <Header hasProfile={profile !== null} isKids={isKids} />
      <OfflineNotice />
      <Suspense>
        {account === null || account.emailVerified || profile?.kids === true
          ? null
          : <VerifyNotice account={account} />}
      </Suspense>
      <main id="content" ref={main} tabIndex={-1}>
        <Outlet />
      </main>
      <Footer hasProfile={profile !== null} isKids={isKids} />
    </>
  )
}

interface HeaderProps {
  readonly hasProfile: boolean
  readonly isKids: boolean
}

/** Whether the page is scrolled: the header needs a ground then. */
function useScrolled (): boolean {
  return useSyncExternalStore(subscribeToScroll, () => window.scrollY > 0)
}

function subscribeToScroll (listener: () => void): () => void {
  window.addEventListener('scroll', listener, { passive: true })
  return () => {
    window.removeEventListener('scroll', listener)
  }
}

function Header ({ hasProfile, isKids }: HeaderProps): ReactNode {
  const t = useTranslations('layout')
  const isScrolled = useScrolled()
  return (
    <header className={clsx('header', isScrolled && 'is-scrolled')}>
      <Link to="/" className="brand" aria-label={`NormFlix: ${t('home')}`}>
        Norm<b>Flix</b>
      </Link>
      {hasProfile
        ? (
          <>
            <MainNavigation isKids={isKids} />
            <SearchField />
          </>
        )
        : null}
      <ProfileMenu />
    </header>
  )
}

/** In the header; at the bottom of small windows. */
function MainNavigation ({ isKids }: { readonly isKids: boolean }): ReactNode {
  const t = useTranslations('layout')
  return (
    <nav className="main-nav" aria-label={t('navigation')}>
      <Link to="/" className="main-nav-home" activeOptions={{ exact: true }}>
        <House className="icon" aria-hidden />
        {t('home')}
      </Link>
      <Link to="/browse/$kind" params={{ kind: 'shows' }} activeOptions={{ includeSearch: false }}>
        <Tv className="icon" aria-hidden />
        {t('shows')}
      </Link>
      <Link to="/browse/$kind" params={{ kind: 'movies' }} activeOptions={{ includeSearch: false }}>
        <Clapperboard className="icon" aria-hidden />
        {t('movies')}
      </Link>
      {isKids
        ? null
        : (
          <Link to="/genres">
            <Shapes className="icon" aria-hidden />
            {t('genres')}
          </Link>
        )}
      <Link to="/wishlist">
        <ListVideo className="icon" aria-hidden />
        {t('wishlist')}
      </Link>
    </nav>
  )
}
