// A play, or all plays of a title, in the history.
import { Link } from '@tanstack/react-router'
import { Trash2 } from 'lucide-react'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { buttonClass, IconButton } from '@shared/design/button.js'
import { formatPosition, useFormats } from '@shared/i18n/format.js'
import { clearHistory, isHistoryGroup, removePlay, type HistoryEntry, type HistoryItem } from '../../api/my-stuff.js'
import { useEpisodeCode } from '../item-text.js'
import { ProgressBar } from '../title-card.js'
import { useUndoableAction } from '../use-action.js'
import { TitleRow } from './title-row.js'

export function HistoryRow ({ entry }: { readonly entry: HistoryEntry }): ReactNode {
  const t = useTranslations('history')
  const describePlay = usePlayText()
  const play = isHistoryGroup(entry) ? entry.last : entry
  const { title } = play
  const isGroup = isHistoryGroup(entry)
  const { mutate, isPending } = useUndoableAction(
    async () => isGroup ? await clearHistory(title.id) : await removePlay(play.id),
    () => t('removed', { title: title.title }),
  )
  return (
    <TitleRow
      title={title}
      kind={title.kind}
      text={describePlay(play)}
      mark={<ProgressBar progress={play} />}
    >
      {isGroup && entry.plays > 1
        ? (
          <Link to="/history" search={{ title: title.id }} className={buttonClass('quiet', true)}>
            {t('playCount', { count: entry.plays })}
          </Link>
        )
        : null}
      <IconButton
        icon={Trash2}
        label={t(isGroup ? 'removeTitle' : 'removePlay', { title: title.title })}
        disabled={isPending}
        onClick={() => {
          mutate(undefined)
        }}
      />
    </TitleRow>
  )
}

/** Returns a function that describes a play: "S1 E2 The Name · 20:15 · watched". */
function usePlayText (): (play: HistoryItem) => string {
  const t = useTranslations('history')
  const describeEpisode = useEpisodeCode()
  const { time } = useFormats()
  return ({ item, lastWatchedAt, finished, positionMs }) => {
    const code = describeEpisode(item)
    const state = finished ? t('finished') : t('stoppedAt', { position: formatPosition(positionMs) })
    return [code === null ? null : `${code} ${item.title}`, time(lastWatchedAt), state]
      .filter((part) => part !== null)
      .join(' · ')
  }
}
