// An account: its plan, role, profiles, sessions and streams, and what staff can do for it.
import { useSuspenseQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { ArrowLeft } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { useAccount } from '@shared/api/hooks.js'
import { Button, buttonClass } from '@shared/design/button.js'
import { formatPosition, useFormats } from '@shared/i18n/format.js'
import { accountAuditQuery, accountQuery, usePlanName, type AccountDetail } from '../api/accounts.js'
import { AccountActions } from '../components/account-actions.js'
import { AccountStatus } from '../components/account-status.js'
import { AuditTable } from '../components/audit-table.js'
import { DataTable, type DataColumn } from '../components/data-table.js'
import { PageHead, Panel } from '../components/page.js'
import { ProfileHomeDialog } from '../components/profile-home-dialog.js'
import { SessionsPanel } from '../components/sessions-panel.js'
import '../styles/editor.css'

const STREAMS_REFRESH_MS = 15_000

export function AccountPage (): ReactNode {
  const t = useTranslations('accounts')
  const { accountId } = useParams({ from: '/staff/accounts/$accountId' })
  const { role } = useAccount()
  const { data: account } = useSuspenseQuery({ ...accountQuery(accountId), refetchInterval: STREAMS_REFRESH_MS })
  return (
    <>
      <PageHead title={account.email}>
        <AccountStatus account={account} />
        <Link to="/accounts" className={buttonClass('quiet', true)}>
          <ArrowLeft className="icon" aria-hidden />
          {t('all')}
        </Link>
      </PageHead>
      <div className="sections">
        <Facts account={account} />
        <AccountActions key={`${account.plan} ${account.role}`} account={account} />
        <Profiles account={account} />
        <SessionsPanel account={account} />
        <Streams account={account} />
        {role === 'admin' || account.role === 'member'
          ? (
            <Panel title={t('audit')}>
              <AuditTable query={accountAuditQuery(accountId)} label={t('audit')} />
            </Panel>
          )
          : null}
      </div>
    </>
  )
}

interface PartProps {
  readonly account: AccountDetail
}

function Facts ({ account }: PartProps): ReactNode {
  const t = useTranslations('accounts')
  const common = useTranslations('common')
  const roles = useTranslations('roles')
  const { dateTime, number } = useFormats()
  const namePlan = usePlanName()
  const { limits } = account
  const facts: ReadonlyArray<readonly [string, string]> = [
    [t('plan'), namePlan(account.plan)],
    [t('role'), roles(account.role)],
    [t('created'), dateTime(account.createdAt)],
    [t('verified'), common(account.emailVerified ? 'yes' : 'no')],
    [t('maxProfiles'), number(limits.maxProfiles)],
    [t('maxStreams'), number(limits.maxStreams)],
    [t('maxHeight'), `${limits.maxHeight}p`],
    ...account.disabledAt === null ? [] : [[t('disabledSince'), dateTime(account.disabledAt)] as const],
  ]
  return (
    <Panel title={t('overview')}>
      <dl className="facts-list">
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
        <div>
          <dt>{t('id')}</dt>
          <dd>
            <code>{account.id}</code>
          </dd>
        </div>
      </dl>
    </Panel>
  )
}

function Profiles ({ account: { id: accountId, profiles } }: PartProps): ReactNode {
  const t = useTranslations('accounts')
  const [shown, setShown] = useState<AccountDetail['profiles'][number] | null>(null)
  const columns: Array<DataColumn<AccountDetail['profiles'][number]>> = [
    { id: 'name', header: t('profile'), cell: ({ name }) => <strong>{name}</strong> },
    {
      id: 'properties',
      header: t('properties'),
      cell: ({ kids, hasPin, locked }) => (
        <span className="episode-media">
          {kids ? <span className="tag">{t('kids')}</span> : null}
          {hasPin ? <span className="tag">{t('pin')}</span> : null}
          {locked ? <span className="tag tag-warm">{t('locked')}</span> : null}
        </span>
      ),
    },
    {
      id: 'home',
      header: t('home'),
      cell: (profile) => (
        <Button
          look="quiet"
          isSmall
          aria-label={t('seeHomeOf', { name: profile.name })}
          onClick={() => {
            setShown(profile)
          }}
        >
          {t('seeHome')}
        </Button>
      ),
    },
  ]
  return (
    <Panel title={t('profiles')}>
      <DataTable
        label={t('profiles')}
        items={profiles}
        getId={({ id }) => id}
        columns={columns}
        emptyText={t('noProfiles')}
      />
      {shown === null ? null : (
        <ProfileHomeDialog
          accountId={accountId}
          profile={shown}
          onClose={() => {
            setShown(null)
          }}
        />
      )}
    </Panel>
  )
}

function Streams ({ account: { streams } }: PartProps): ReactNode {
  const t = useTranslations('accounts')
  const columns: Array<DataColumn<AccountDetail['streams'][number]>> = [
    { id: 'profile', header: t('profile'), cell: ({ profile }) => profile.name },
    {
      id: 'title',
      header: t('playing'),
      cell: ({ title, season, episode }) =>
        season === null || episode === null ? title.title : `${title.title} S${season} E${episode}`,
    },
    { id: 'position', header: t('position'), isNumber: true, cell: ({ positionMs }) => formatPosition(positionMs) },
    { id: 'device', header: t('device'), cell: ({ device }) => device ?? '–' },
  ]
  return (
    <Panel title={t('streams')}>
      <DataTable
        label={t('streams')}
        items={streams}
        getId={({ id }) => id}
        columns={columns}
        emptyText={t('noStreams')}
      />
    </Panel>
  )
}
