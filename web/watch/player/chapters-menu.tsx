// The menu of the chapters: it shows the current one, and seeks to another.
import { useMediaRemote, useMediaState } from '@vidstack/react'
import { ListOrdered } from 'lucide-react'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { findChapterIndex, type Chapter } from './chapters.js'
import { PlayerMenu } from './player-menu.js'

export function ChaptersMenu ({ chapters }: { readonly chapters: readonly Chapter[] }): ReactNode {
  const t = useTranslations('player')
  const remote = useMediaRemote()
  const currentTime = useMediaState('currentTime')
  const group = {
    label: t('chapters'),
    choices: chapters.map(({ title }, i) => ({ id: String(i), label: title })),
    // Half a second: browsers seek to the frame before a position.
    selectedId: String(findChapterIndex(chapters, currentTime * 1_000 + 500)),
    choose: (id: string) => {
      remote.seek((chapters[Number(id)]?.startMs ?? 0) / 1_000)
    },
  }
  return <PlayerMenu label={t('chapters')} icon={ListOrdered} className="is-chapters" groups={[group]} />
}
