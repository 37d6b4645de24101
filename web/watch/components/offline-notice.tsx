// Tells that the browser is offline. Queries wait until the connection is back, and then load.
import { onlineManager } from '@tanstack/react-query'
import { useSyncExternalStore, type ReactNode } from 'react'
import { useTranslations } from 'use-intl'

const subscribe = (listener: () => void): () => void => onlineManager.subscribe(listener)
const isOnline = (): boolean => onlineManager.isOnline()

export function OfflineNotice (): ReactNode {
  const t = useTranslations('states')
  return useSyncExternalStore(subscribe, isOnline)
    ? null
    : <p className="offline-notice" role="status">{t('offline')}</p>
}
