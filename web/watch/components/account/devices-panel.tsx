// The sessions of the account: one for each browser and device.
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState, type ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { Button, buttonClass } from '@shared/design/button.js'
import { ConfirmDialog } from '@shared/design/confirm-dialog.js'
import { useErrorText } from '@shared/design/error-text.js'
import { useFormats } from '@shared/i18n/format.js'
import { endSession, logOutEverywhere, sessionsQuery, type Session } from '../../api/account.js'
import { Panel, PanelRow } from '../panel.js'
import { useAction } from '../use-action.js'

export function DevicesPanel (): ReactNode {
  const t = useTranslations('account')
  const describeError = useErrorText()
  const { data: sessions = [], error } = useQuery(sessionsQuery())
  const [isAsking, setAsking] = useState(false)
  return (
    <Panel title={t('devices')} text={t('devicesText')}>
      {error === null ? null : <p role="alert">{describeError(error)}</p>}
      {sessions.map((session) => <SessionRow key={session.id} session={session} />)}
      <div className="actions">
        <Link to="/link" className={buttonClass('quiet')}>{t('addDevice')}</Link>
        <Button
          onClick={() => {
            setAsking(true)
          }}
        >
          {t('logOutEverywhere')}
        </Button>
      </div>
      <ConfirmDialog
        isOpen={isAsking}
        onClose={() => {
          setAsking(false)
        }}
        title={t('logOutEverywhere')}
        text={t('logOutEverywhereText')}
        confirmLabel={t('logOutEverywhere')}
        onConfirm={logOutEverywhere}
      />
    </Panel>
  )
}

function SessionRow ({ session }: { readonly session: Session }): ReactNode {
  const t = useTranslations('account')
  const { dateTime } = useFormats()
  const queryClient = useQueryClient()
  const { mutate, isPending } = useAction(async () => {
    await endSession(session.id)
  }, async () => {
    await queryClient.invalidateQueries({ queryKey: sessionsQuery().queryKey })
  })
  const device = session.device ?? t('unknownDevice')
  const text = session.current ? t('thisDevice') : t('lastUsed', { time: dateTime(session.lastUsedAt) })
  return (
    <PanelRow label={device} text={text}>
      {session.current
        ? null
        : (
          <Button
            isBusy={isPending}
            aria-label={t('endSessionOf', { device, time: dateTime(session.lastUsedAt) })}
            onClick={() => {
              mutate()
            }}
          >
            {t('endSession')}
          </Button>
        )}
    </PanelRow>
  )
}
