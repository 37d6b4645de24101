// The buttons that skip the recap and the intro, and the offer of the next episode during the credits.
import { useMediaRemote, useMediaState } from '@vidstack/react'
import { FastForward, Play } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import type { Playback } from '@shared/api/client.js'
import { useProfile } from '@shared/api/hooks.js'
import { Button } from '@shared/design/button.js'
import { useEpisodeCode } from '../components/item-text.js'
import { useCountdown } from './countdown.js'
import type { NextItem } from './episodes.js'
import { findPrompt } from './markers.js'
import { useIsPaused } from './video-element.js'

interface PromptsProps {
  readonly markers: Playback['markers']
  readonly next: NextItem | null
  /** Ends the episode, and shows what follows. */
  readonly playNext: () => void
}

export function Prompts ({ markers, next, playNext }: PromptsProps): ReactNode {
  const t = useTranslations('player')
  const remote = useMediaRemote()
  const currentTime = useMediaState('currentTime')
  const duration = useMediaState('duration')
  const prompt = findPrompt(markers, currentTime * 1_000, duration * 1_000)
  const [areCreditsWatched, setCreditsWatched] = useState(false)
  if (prompt === null) return null
  const { kind, startMs, endMs } = prompt
  if (kind === 'credits') {
    if (next === null || areCreditsWatched) return null
    return (
      <NextPrompt
        next={next}
        playNext={playNext}
        cancel={() => {
          setCreditsWatched(true)
        }}
      />
    )
  }
  const remaining = 1 - (currentTime * 1_000 - startMs) / (endMs - startMs)
  return (
    <div className="prompts">
      <Button
        className="button-prompt"
        icon={FastForward}
        onClick={() => {
          remote.seek(endMs / 1_000)
        }}
      >
        {t(kind === 'recap' ? 'skipRecap' : 'skipIntro')}
        <span className="prompt-time" style={{ inlineSize: `${remaining * 100}%` }} aria-hidden />
      </Button>
    </div>
  )
}

interface NextPromptProps {
  readonly next: NextItem
  readonly playNext: () => void
  readonly cancel: () => void
}

function NextPrompt ({ next, playNext, cancel }: NextPromptProps): ReactNode {
  const t = useTranslations('player')
  const { autoplay } = useProfile()
  const isPaused = useIsPaused()
  const code = useEpisodeCode()(next)
  const seconds = useCountdown(autoplay && !isPaused, playNext)
  return (
    <section className="prompts next-prompt" aria-label={t('nextEpisode')}>
      <p className="next-prompt-title">
        <span className="kicker">{seconds === null ? t('nextEpisode') : t('nextIn', { seconds })}</span>
        <strong>{[code, next.name].filter((part) => part !== null).join(' · ')}</strong>
      </p>
      <div className="actions">
        <Button look="main" isSmall icon={Play} onClick={playNext}>{t('nextEpisode')}</Button>
        <Button look="quiet" isSmall onClick={cancel}>{t('watchCredits')}</Button>
      </div>
    </section>
  )
}
