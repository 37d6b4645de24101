// The menu of the selected profile and the account: links in a popover of the browser.
import { Link, useNavigate, useRouterState, type LinkProps } from '@tanstack/react-router'
import { ChevronDown } from 'lucide-react'
import { useEffect, useRef, type ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { useSession } from '@shared/api/hooks.js'
import { logOut } from '@shared/api/session.js'
import { Avatar } from '@shared/design/avatar.js'

const PROFILE_LINKS: ReadonlyArray<
  { readonly to: LinkProps['to'], readonly name: 'history' | 'ratings' | 'hidden' | 'collections' }
> = [
  { to: '/history', name: 'history' },
  { to: '/ratings', name: 'ratings' },
  { to: '/hidden', name: 'hidden' },
  { to: '/collections', name: 'collections' },
]

export function ProfileMenu (): ReactNode {
  const t = useTranslations('layout')
  const navigate = useNavigate()
  const { account, profileId } = useSession()
  const popover = useRef<HTMLElement>(null)
  const pathname = useRouterState({ select: ({ location }) => location.pathname })
  useEffect(() => {
    if (popover.current?.matches(':popover-open') === true) popover.current.hidePopover()
  }, [pathname])
  const profile = account?.profiles.find(({ id }) => id === profileId) ?? null
  if (account === null) return null
  const leave = async (): Promise<void> => {
    await logOut()
    await navigate({ to: '/log-in' })
  }
  return (
    <>
      <button type="button" className="profile-switch" popoverTarget="profile-menu">
        <span className="visually-hidden">{t('profileMenu')}:</span>
        {profile === null ? null : <Avatar profile={profile} />}
        <span className="profile-switch-name">{profile?.name ?? account.email}</span>
        <ChevronDown className="icon" aria-hidden />
      </button>
      <nav id="profile-menu" className="menu profile-menu" popover="auto" ref={popover} aria-label={t('profileMenu')}>
        {profile === null
          ? null
          : PROFILE_LINKS.map(({ to, name }) => <Link key={name} to={to} className="menu-item">{t(name)}</Link>)}
        <Link to="/profiles" className="menu-item">{t('switchProfile')}</Link>
        {profile?.kids === true
          ? null
          : (
            <>
              <Link to="/account/profiles" className="menu-item">{t('manageProfiles')}</Link>
              <Link to="/account" className="menu-item">{t('account')}</Link>
              <button type="button" className="menu-item" onClick={() => void leave()}>{t('logOut')}</button>
            </>
          )}
      </nav>
    </>
  )
}
