// The account: plan, log-in data, devices, streams, language and data.
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { usePageTitle } from '@shared/design/page-title.js'
import { CloseAccountPanel } from '../components/account/close-account-panel.js'
import { DataPanel } from '../components/account/data-panel.js'
import { DevicesPanel } from '../components/account/devices-panel.js'
import { LogInPanel } from '../components/account/log-in-panel.js'
import { PlanPanel } from '../components/account/plan-panel.js'
import { ProfilesPanel } from '../components/account/profiles-panel.js'
import { StreamsPanel } from '../components/account/streams-panel.js'

export function AccountPage (): ReactNode {
  const t = useTranslations('account')
  usePageTitle(t('title'))
  return (
    <div className="page settings">
      <h1>{t('title')}</h1>
      <PlanPanel />
      <LogInPanel />
      <ProfilesPanel />
      <StreamsPanel />
      <DevicesPanel />
      <DataPanel />
      <CloseAccountPanel />
    </div>
  )
}
