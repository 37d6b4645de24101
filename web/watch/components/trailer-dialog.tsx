// Plays a trailer. A file that the browser cannot play, or a page on the same host, becomes a link.
import { useState, type ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { Button } from '@shared/design/button.js'
import { Dialog } from '@shared/design/dialog.js'
import { TrailerLink } from './trailer-link.js'

interface TrailerDialogProps {
  readonly url: string
  readonly title: string
  readonly close: () => void
}

export function TrailerDialog ({ url, title, close }: TrailerDialogProps): ReactNode {
  const t = useTranslations('title')
  const common = useTranslations('common')
  const [hasFailed, setFailed] = useState(false)
  return (
    <Dialog isOpen onClose={close} title={t('trailerOf', { title })} isWide>
      {hasFailed
        ? <p className="quiet" role="alert">{t('trailerFailed')}</p>
        : (
          // Trailers have no caption files.
          // eslint-disable-next-line jsx-a11y/media-has-caption
          <video
            className="trailer"
            src={url}
            controls
            autoPlay
            playsInline
            onError={() => {
              setFailed(true)
            }}
          />
        )}
      <div className="actions">
        {hasFailed ? <TrailerLink url={url} label={t('trailerOpen')} /> : null}
        <Button look="quiet" onClick={close}>{common('close')}</Button>
      </div>
    </Dialog>
  )
}
