// The sessions of an account. Each one can be ended.
import { useQueryClient } from '@tanstack/react-query'
import { useState, type ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { useAccount } from '@shared/api/hooks.js'
import { Button } from '@shared/design/button.js'
import { ConfirmDialog } from '@shared/design/confirm-dialog.js'
import { showMessage } from '@shared/design/toasts.js'
import { useFormats } from '@shared/i18n/format.js'
import { endSession, type AccountDetail } from '../api/accounts.js'
import { accountsKey, auditKey } from '../api/keys.js'
import { DataTable, type DataColumn } from './data-table.js'
import { Panel } from './page.js'

type Session = AccountDetail['sessions'][number]

export function SessionsPanel ({ account }: { readonly account: AccountDetail }): ReactNode {
  const t = useTranslations('accounts')
  const { role } = useAccount()
  const { dateTime } = useFormats()
  const queryClient = useQueryClient()
  const [ending, setEnding] = useState<Session | null>(null)
  const nameOf = ({ device, createdAt }: Session): string => device ?? dateTime(createdAt)
  const columns: Array<DataColumn<Session>> = [
    { id: 'device', header: t('device'), cell: ({ device }) => device ?? '–' },
    { id: 'created', header: t('loggedIn'), isOneLine: true, cell: ({ createdAt }) => dateTime(createdAt) },
    { id: 'used', header: t('lastUsed'), isOneLine: true, cell: ({ lastUsedAt }) => dateTime(lastUsedAt) },
  ]
  const end: DataColumn<Session> = {
    id: 'end',
    header: t('endSession'),
    cell: (session) => (
      <Button
        look="quiet"
        isSmall
        aria-label={t('endSessionOf', { name: nameOf(session) })}
        onClick={() => {
          setEnding(session)
        }}
      >
        {t('endSession')}
      </Button>
    ),
  }
  return (
    <Panel title={t('sessions')}>
      <DataTable
        label={t('sessions')}
        items={account.sessions}
        getId={({ id }) => id}
        columns={role === 'admin' || account.role === 'member' ? [...columns, end] : columns}
        emptyText={t('noSessions')}
      />
      {ending === null ? null : (
        <ConfirmDialog
          isOpen
          onClose={() => {
            setEnding(null)
          }}
          title={t('endSessionOf', { name: nameOf(ending) })}
          text={t('ask-session-text')}
          confirmLabel={t('endSession')}
          onConfirm={async () => {
            await endSession(account.id, ending.id)
            showMessage(t('sessionEnded'))
            await Promise.all([accountsKey(), auditKey()].map(async (queryKey) => {
              await queryClient.invalidateQueries({ queryKey })
            }))
          }}
        />
      )}
    </Panel>
  )
}
