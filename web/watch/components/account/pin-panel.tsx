// The PIN of a profile: set, change and remove. A change needs the current PIN, or the password of the account.
import { useState, type ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import type { Profile } from '@shared/api/client.js'
import { Button } from '@shared/design/button.js'
import { Panel } from '../panel.js'
import { PinDialog } from './pin-dialog.js'

export function PinPanel ({ profile }: { readonly profile: Profile }): ReactNode {
  const t = useTranslations('editProfile')
  const [open, setOpen] = useState<'set' | 'remove' | null>(null)
  return (
    <Panel title={t('pin')} text={t(profile.kids ? 'pinKidsText' : 'pinText')}>
      <div className="actions">
        <Button
          onClick={() => {
            setOpen('set')
          }}
        >
          {t(profile.hasPin ? 'changePin' : 'setPin')}
        </Button>
        {profile.hasPin
          ? (
            <Button
              look="quiet"
              onClick={() => {
                setOpen('remove')
              }}
            >
              {t('removePin')}
            </Button>
          )
          : null}
      </div>
      {open === null ? null : (
        <PinDialog
          profile={profile}
          isRemoval={open === 'remove'}
          onClose={() => {
            setOpen(null)
          }}
        />
      )}
    </Panel>
  )
}
