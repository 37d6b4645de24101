// The state of a media file and of its package.
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import type { MediaFile } from '@shared/api/client.js'
import { formatResolution } from '@shared/i18n/format.js'

export function MediaState ({ file: { state, hls, height, failure } }: { readonly file: MediaFile }): ReactNode {
  const t = useTranslations('media')
  const resolution = height === null ? t('audioOnly') : formatResolution(height)
  if (state === 'failed') {
    return (
      <span className="tag tag-bad" title={failure?.text}>{t('stateFailed', { reason: failure?.text ?? '' })}</span>
    )
  }
  if (state === 'processing') return <span className="tag tag-warm">{t('stateProcessing')}</span>
  switch (hls?.state) {
    case 'ready':
      return <span className="tag tag-good" title={hls.reason?.text}>{t('statePackaged', { resolution })}</span>
    case 'failed':
      return (
        <span className="tag tag-bad" title={hls.reason?.text}>
          {t('statePackagingFailed', { resolution, reason: hls.reason?.text ?? '' })}
        </span>
      )
    case 'processing':
      return <span className="tag tag-warm">{t('statePackaging', { resolution, progress: hls.progress })}</span>
    case undefined:
      return <span className="tag">{resolution}</span>
  }
}
