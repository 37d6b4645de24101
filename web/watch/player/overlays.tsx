// Cards over the stage: what follows, the end, and errors with a way out.
import { CloudOff, Play, RotateCcw, TriangleAlert } from 'lucide-react'
import type { LucideIcon } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { useProfile } from '@shared/api/hooks.js'
import { Button } from '@shared/design/button.js'
import { Poster, type PosterTitle } from '@shared/design/poster.js'
import { useFormats } from '@shared/i18n/format.js'
import { useEpisodeCode } from '../components/item-text.js'
import { useCountdown } from './countdown.js'
import type { NextItem } from './episodes.js'

interface NextCardProps {
  readonly next: NextItem
  readonly poster: PosterTitle
  readonly play: () => void
  readonly back: () => void
}

/** The next episode, which starts after a countdown if the profile wants it. */
export function NextCard ({ next, poster, play, back }: NextCardProps): ReactNode {
  const t = useTranslations('player')
  const common = useTranslations('common')
  const { autoplay } = useProfile()
  const { date } = useFormats()
  const code = useEpisodeCode()(next)
  const [isCancelled, setCancelled] = useState(false)
  const { waiting } = next
  const seconds = useCountdown(autoplay && waiting === null && !isCancelled, play)
  return (
    <section className="end-card" aria-label={t('nextEpisode')}>
      <Poster title={poster} shape="wide" />
      <div className="end-card-text">
        <p className="kicker">{t(waiting === null ? 'nextEpisode' : 'comingSoon')}</p>
        <h2>{code === null ? next.title : `${next.title} · ${code}`}</h2>
        <p>{next.name}</p>
        {waiting === null
          ? null
          : <p>{waiting.from === null ? waiting.text : t('availableFrom', { date: date(waiting.from) })}</p>}
        <p className="countdown" role="timer">{seconds === null ? '' : t('playingIn', { seconds })}</p>
        <div className="actions">
          {waiting === null ? <Button look="main" icon={Play} autoFocus onClick={play}>{t('playNow')}</Button> : null}
          {seconds === null
            ? <Button look="quiet" autoFocus={waiting !== null} onClick={back}>{common('back')}</Button>
            : (
              <Button
                look="quiet"
                onClick={() => {
                  setCancelled(true)
                }}
              >
                {common('cancel')}
              </Button>
            )}
        </div>
      </div>
    </section>
  )
}

interface EndCardProps {
  readonly title: string
  readonly startOver: () => void
  readonly back: () => void
}

export function EndCard ({ title, startOver, back }: EndCardProps): ReactNode {
  const t = useTranslations('player')
  return (
    <section className="end-card is-text" aria-label={t('theEnd')}>
      <div className="end-card-text">
        <p className="kicker">{t('theEnd')}</p>
        <h2>{title}</h2>
        <div className="actions">
          <Button look="main" autoFocus onClick={back}>{t('backToTitle')}</Button>
          <Button look="quiet" icon={RotateCcw} onClick={startOver}>{t('startOver')}</Button>
        </div>
      </div>
    </section>
  )
}

interface ErrorCardProps {
  readonly title: string
  readonly text: string
  readonly icon?: LucideIcon
  readonly retryLabel: string
  /** null: trying again cannot succeed. */
  readonly retry: (() => void) | null
  readonly children: ReactNode
}

export function ErrorCard (
  { title, text, icon: Icon = TriangleAlert, retryLabel, retry, children }: ErrorCardProps,
): ReactNode {
  return (
    <section className="end-card is-text" role="alert">
      <div className="end-card-text">
        <Icon className="icon end-card-icon" aria-hidden />
        <h2>{title}</h2>
        <p>{text}</p>
        <div className="actions">
          {retry === null ? null : <Button look="main" autoFocus onClick={retry}>{retryLabel}</Button>}
          {children}
        </div>
      </div>
    </section>
  )
}

/** The video needs the network; it continues when the network is back. */
export function OfflineCard ({ children }: { readonly children: ReactNode }): ReactNode {
  const t = useTranslations('player')
  return (
    <section className="end-card is-text" role="status">
      <div className="end-card-text">
        <CloudOff className="icon end-card-icon" aria-hidden />
        <h2>{t('offline')}</h2>
        <p>{t('offlineText')}</p>
        <div className="actions">{children}</div>
      </div>
    </section>
  )
}
