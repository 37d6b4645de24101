// The keyboard map.
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { Button } from '@shared/design/button.js'
import { Dialog } from '@shared/design/dialog.js'
import { HELP_ROWS } from './commands.js'
import { useStage } from './stage.js'

export function HelpSheet ({ close }: { readonly close: () => void }): ReactNode {
  const t = useTranslations('player')
  const common = useTranslations('common')
  const stage = useStage()
  return (
    <Dialog isOpen onClose={close} title={t('keys.title')} container={stage.node}>
      <dl className="key-list">
        {HELP_ROWS.map(({ keys, name }) => (
          <div key={name} className="key-row">
            <dt>
              {keys.map((key) => key === '–' ? key : <kbd key={key}>{key === 'Space' ? t('keys.space') : key}</kbd>)}
            </dt>
            <dd>{t(`keys.${name}`)}</dd>
          </div>
        ))}
      </dl>
      <div className="dialog-actions">
        <Button look="quiet" onClick={close}>{common('close')}</Button>
      </div>
    </Dialog>
  )
}
