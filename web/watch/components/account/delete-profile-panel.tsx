// Deletes a profile.
import { useNavigate } from '@tanstack/react-router'
import { useState, type ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import type { Profile } from '@shared/api/client.js'
import { reloadAccount } from '@shared/api/session.js'
import { Button } from '@shared/design/button.js'
import { ConfirmDialog } from '@shared/design/confirm-dialog.js'
import { showMessage } from '@shared/design/toasts.js'
import { deleteProfile } from '../../api/profiles.js'
import { Panel } from '../panel.js'

export function DeleteProfilePanel ({ profile }: { readonly profile: Profile }): ReactNode {
  const t = useTranslations('editProfile')
  const navigate = useNavigate()
  const [isAsking, setAsking] = useState(false)
  const { name } = profile
  return (
    <Panel title={t('delete')} text={t('deleteText')} className="panel-danger">
      <div className="actions">
        <Button
          look="danger"
          onClick={() => {
            setAsking(true)
          }}
        >
          {t('delete')}
        </Button>
      </div>
      <ConfirmDialog
        isOpen={isAsking}
        onClose={() => {
          setAsking(false)
        }}
        title={t('deleteQuestion', { name })}
        text={t('deleteText')}
        confirmLabel={t('delete')}
        onConfirm={async () => {
          await deleteProfile(profile.id)
          await navigate({ to: '/account/profiles' })
          await reloadAccount()
          showMessage(t('deleted', { name }))
        }}
      />
    </Panel>
  )
}
