// The menus of the controls: audio and subtitles, and quality and speed.
import { Captions as CaptionsIcon, Settings2 } from 'lucide-react'
import type { ReactNode } from 'react'
import { useLocale, useTranslations } from 'use-intl'
import { formatResolution, useFormats } from '@shared/i18n/format.js'
import { listHeights, listLanguages, type Selection } from './choices.js'
import { PlayerMenu, type Choice, type ChoiceGroup } from './player-menu.js'
import type { PlayerSession } from './player-session.js'
import type { PlayerState } from './player-state.js'
import { setPreferences, usePreferences } from './preferences.js'

const OFF = 'off'
const AUTO = 'auto'
export const RATES = [0.5, 0.75, 1, 1.25, 1.5, 2] as const

interface ControlMenusProps {
  readonly session: PlayerSession
  readonly state: PlayerState
  readonly openSubtitleStyle: () => void
}

export function ControlMenus ({ session, state, openSubtitleStyle }: ControlMenusProps): ReactNode {
  const t = useTranslations('player')
  const languages = useLanguageGroups(session, state)
  const qualities = useQualityGroup(session, state)
  const rates = useRateGroup()
  return (
    <>
      <PlayerMenu
        label={t('audioAndSubtitles')}
        icon={CaptionsIcon}
        groups={languages}
        extra={(state.playback?.subtitles.length ?? 0) === 0
          ? null
          : { label: t('subtitleStyleItem'), run: openSubtitleStyle }}
      />
      <PlayerMenu label={t('qualityAndSpeed')} icon={Settings2} groups={[qualities, rates]} />
    </>
  )
}

function useLanguageGroups (session: PlayerSession, { playback, source, selection }: PlayerState): ChoiceGroup[] {
  const t = useTranslations('player')
  const locale = useLocale()
  const { language: nameLanguage } = useFormats()
  if (playback === null || source === null) return []
  const audio = listLanguages(playback, source).map((id) => ({ id, label: nameLanguage(id) }))
    .toSorted((a, b) => a.label.localeCompare(b.label, locale))
  const subtitles: Choice[] = playback.subtitles.map(({ id, language, kind }) => ({
    id,
    label: t('subtitleName', { language: nameLanguage(language), kind }),
  }))
  return [
    {
      label: t('audio'),
      choices: audio,
      selectedId: selection.language ?? '',
      choose: (id) => {
        session.selectLanguage(id)
      },
    },
    {
      label: t('subtitles'),
      choices: [{ id: OFF, label: t('off') }, ...subtitles],
      selectedId: selection.subtitle ?? OFF,
      choose: (id) => {
        session.selectSubtitle(id === OFF ? null : id)
      },
    },
  ]
}

/** "Auto (1080p)": the choice, and what plays. */
function useQualityGroup (session: PlayerSession, state: PlayerState): ChoiceGroup {
  const t = useTranslations('player')
  const { playback, source, selection, playingHeight } = state
  const heights = playback === null || source === null ? [] : listHeights(playback, source, selection)
  const isAuto = selection.height === null
  const auto = isAuto && playingHeight !== null ? t('autoNow', { height: `${playingHeight}p` }) : t('auto')
  return {
    label: t('quality'),
    choices: [
      { id: AUTO, label: auto },
      ...heights.map((height) => ({ id: String(height), label: nameHeight(height, selection, playingHeight) })),
    ],
    selectedId: selection.height === null ? AUTO : String(selection.height),
    choose: (id) => {
      session.selectHeight(id === AUTO ? null : Number(id))
    },
  }
}

/** A chosen height that does not play yet has an ellipsis. */
function nameHeight (height: number, selection: Selection, playingHeight: number | null): string {
  const isPending = selection.height === height && playingHeight !== null && playingHeight !== height
  return `${formatResolution(height)}${isPending ? ' …' : ''}`
}

function useRateGroup (): ChoiceGroup {
  const t = useTranslations('player')
  const { number } = useFormats()
  const { rate } = usePreferences()
  return {
    label: t('speed'),
    choices: RATES.map((value) => ({ id: String(value), label: value === 1 ? t('normal') : `${number(value)}×` })),
    selectedId: String(rate),
    choose: (id) => {
      setPreferences({ rate: Number(id) })
    },
  }
}
