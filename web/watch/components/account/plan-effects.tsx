// What a change of the plan does.
import { Gauge, Lock, LockOpen, MonitorPlay, MonitorX, Users, type LucideIcon } from 'lucide-react'
import type { ReactNode } from 'react'
import { useFormatter, useTranslations } from 'use-intl'
import type { Schemas } from '@shared/api/client.js'
import { formatResolution } from '@shared/i18n/format.js'

export function PlanEffects ({ preview }: { readonly preview: Schemas['PlanPreview'] }): ReactNode {
  const t = useTranslations('planChange')
  const format = useFormatter()
  const { maxHeight, maxStreams, maxProfiles, lock, unlock, needsChoice, endedStreams } = preview
  const list = (profiles: typeof lock): string => format.list(profiles.map(({ name }) => name))
  return (
    <ul className="effects">
      <Effect icon={Gauge} text={t('resolution', { resolution: formatResolution(maxHeight) })} />
      <Effect icon={MonitorPlay} text={t('streams', { count: maxStreams })} />
      <Effect icon={Users} text={t('profiles', { count: maxProfiles })} />
      {lock.length > 0 && !needsChoice ? <Effect icon={Lock} text={t('locks', { profiles: list(lock) })} /> : null}
      {unlock.length > 0 ? <Effect icon={LockOpen} text={t('unlocks', { profiles: list(unlock) })} /> : null}
      {endedStreams > 0 ? <Effect icon={MonitorX} text={t('endsStreams', { count: endedStreams })} /> : null}
    </ul>
  )
}

function Effect ({ icon: Icon, text }: { readonly icon: LucideIcon, readonly text: string }): ReactNode {
  return (
    <li>
      <Icon className="icon" aria-hidden />
      {text}
    </li>
  )
}
