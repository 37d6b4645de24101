// Names episodes, and describes where a card continues.
import { useTranslations } from 'use-intl'
import type { ContinueCard } from '@shared/api/client.js'
import { formatPosition, useFormats } from '@shared/i18n/format.js'

/** Returns a function that names an episode: "S2 E5", or null for a movie. */
export function useEpisodeCode (): (item: { season: number | null, episode: number | null }) => string | null {
  const t = useTranslations('card')
  return ({ season, episode }) => season === null || episode === null ? null : t('episodeCode', { season, episode })
}

/** Returns a function that describes where a card continues. */
export function useContinueText (): (card: ContinueCard) => string {
  const t = useTranslations('card')
  const { date, duration } = useFormats()
  return ({ kind, positionMs, durationMs, waiting }) => {
    if (waiting !== null) return waiting.from === null ? waiting.text : t('waitsUntil', { date: date(waiting.from) })
    if (kind === 'next') return t('upNext')
    return durationMs === null
      ? t('continuesAt', { position: formatPosition(positionMs) })
      : t('remaining', { time: duration(Math.max(0, durationMs - positionMs)) })
  }
}
