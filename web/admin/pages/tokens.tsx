// API tokens of the account, and for administrators the service accounts with their tokens.
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Plus } from 'lucide-react'
import { useMemo, useState, type ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { useAccount } from '@shared/api/hooks.js'
import { Button } from '@shared/design/button.js'
import { ConfirmDialog } from '@shared/design/confirm-dialog.js'
import { ErrorState, Spinner } from '@shared/design/states.js'
import { showMessage } from '@shared/design/toasts.js'
import { useFormats } from '@shared/i18n/format.js'
import { tokensKey } from '../api/keys.js'
import { revokeToken, serviceAccountsQuery, tokensQuery, type ApiToken, type ServiceAccount } from '../api/tokens.js'
import { DataTable, type DataColumn } from '../components/data-table.js'
import { NewTokenDialog } from '../components/new-token-dialog.js'
import { PageHead } from '../components/page.js'
import { ServiceAccountsPanel } from '../components/service-accounts-panel.js'
import '../styles/editor.css'
import '../styles/tokens.css'

const NO_ACCOUNTS: readonly ServiceAccount[] = []

export function TokensPage (): ReactNode {
  const t = useTranslations('tokens')
  const isAdmin = useAccount().role === 'admin'
  const queryClient = useQueryClient()
  const { data: tokens, isPending, error, refetch } = useQuery(tokensQuery())
  const { data: services = NO_ACCOUNTS } = useQuery({ ...serviceAccountsQuery(), enabled: isAdmin })
  const [isCreating, setCreating] = useState(false)
  const [revoking, setRevoking] = useState<ApiToken | null>(null)
  const columns = useColumns(services, setRevoking)
  return (
    <>
      <PageHead title={t('title')}>
        <Button
          look="main"
          icon={Plus}
          onClick={() => {
            setCreating(true)
          }}
        >
          {t('new')}
        </Button>
      </PageHead>
      <div className="sections">
        <p className="quiet">{t('text')}</p>
        {error === null ? null : <ErrorState error={error} retry={() => void refetch()} />}
        {isPending ? <Spinner /> : null}
        {tokens === undefined
          ? null
          : (
            <DataTable
              label={t('title')}
              items={tokens}
              getId={({ id }) => id}
              columns={columns}
              emptyText={t('empty')}
            />
          )}
        {isAdmin ? <ServiceAccountsPanel services={services} /> : null}
      </div>
      {isCreating
        ? (
          <NewTokenDialog
            services={services}
            onClose={() => {
              setCreating(false)
            }}
          />
        )
        : null}
      <ConfirmDialog
        isOpen={revoking !== null}
        onClose={() => {
          setRevoking(null)
        }}
        title={t('revokeQuestion', { name: revoking?.name ?? '' })}
        text={t('revokeText')}
        confirmLabel={t('revoke')}
        onConfirm={async () => {
          if (revoking !== null) await revokeToken(revoking.id)
          showMessage(t('revoked'))
          await queryClient.invalidateQueries({ queryKey: tokensKey() })
        }}
      />
    </>
  )
}

function useColumns (
  services: readonly ServiceAccount[],
  onRevoke: (token: ApiToken) => void,
): ReadonlyArray<DataColumn<ApiToken>> {
  const t = useTranslations('tokens')
  const { date, dateTime } = useFormats()
  return useMemo(() => [
    { id: 'name', header: t('name'), cell: ({ name }) => name },
    {
      id: 'owner',
      header: t('owner'),
      cell: ({ ownerKind, ownerId }) =>
        ownerKind === 'account' ? t('you') : services.find(({ id }) => id === ownerId)?.name ?? ownerId,
    },
    {
      id: 'scopes',
      header: t('scopes'),
      cell: ({ scopes }) => (
        <span className="scopes">{scopes.map((scope) => <code key={scope} className="tag">{scope}</code>)}</span>
      ),
    },
    {
      id: 'expires',
      header: t('expires'),
      cell: ({ expiresAt }) =>
        Date.parse(expiresAt) <= Date.now()
          ? <span className="tag tag-warm">{t('expired')}</span>
          : date(expiresAt.slice(0, 10)),
    },
    {
      id: 'last-used',
      header: t('lastUsed'),
      cell: ({ lastUsedAt }) => lastUsedAt === null ? t('never') : dateTime(lastUsedAt),
    },
    {
      id: 'actions',
      header: t('actions'),
      cell: (token) => (
        <Button
          isSmall
          look="quiet"
          aria-label={t('revokeOf', { name: token.name })}
          onClick={() => {
            onRevoke(token)
          }}
        >
          {t('revoke')}
        </Button>
      ),
    },
  ], [t, services, onRevoke, date, dateTime])
}
