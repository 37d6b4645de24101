// Cards of titles for rows and grids.
import { Link } from '@tanstack/react-router'
import { Check, X } from 'lucide-react'
import { lazy, Suspense, type ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import type { Card, ContinueCard } from '@shared/api/client.js'
import { IconButton } from '@shared/design/button.js'
import { Poster } from '@shared/design/poster.js'
import { loadDiscoveryMessages } from '../messages/parts.js'
import { useContinueText, useEpisodeCode } from './item-text.js'
import { usePreviewTrigger } from './use-preview-trigger.js'

const CardPreview = lazy(async () => {
  const [{ CardPreview: component }] = await Promise.all([import('./card-preview.js'), loadDiscoveryMessages()])
  return { default: component }
})

/** Cards after the first are reached with the arrow keys. */
export const tabIndexAt = (index: number): 0 | -1 => index === 0 ? 0 : -1

interface TitleCardProps {
  readonly card: Card
  readonly index: number
  /** The name with marked parts, in place of the plain name. */
  readonly name?: ReactNode
  /** A line below the name, in place of the facts. */
  readonly remark?: ReactNode
}

export function TitleCard ({ card, index, name, remark }: TitleCardProps): ReactNode {
  const t = useTranslations('card')
  const { isOpen, handlers } = usePreviewTrigger()
  const facts = [t(card.kind), card.year, card.maturityRating].filter((fact) => fact !== null).join(' · ')
  return (
    <li className="card" {...handlers}>
      <Link
        to={card.kind === 'movie' ? '/movie/$titleId' : '/show/$titleId'}
        params={{ titleId: card.id }}
        className="card-link"
        tabIndex={tabIndexAt(index)}
      >
        <Poster title={card} shape="portrait">
          <WatchMark card={card} />
          <AvailabilityMark card={card} />
        </Poster>
        <span className="card-caption">
          <strong>{name ?? card.title}</strong>
          <span>{remark ?? facts}</span>
          {isWatchedMovie(card) ? <span className="visually-hidden">{t('watched')}</span> : null}
          <AvailabilityText card={card} />
        </span>
      </Link>
      {isOpen
        ? (
          <Suspense fallback={null}>
            <CardPreview card={card} />
          </Suspense>
        )
        : null}
    </li>
  )
}

/** Shows that a title cannot be played yet. `AvailabilityText` says it after the name. */
export function AvailabilityMark ({ card }: { readonly card: Card }): ReactNode {
  const t = useTranslations('card')
  return card.playable ? null : <span className="availability-mark" aria-hidden>{t('notAvailable')}</span>
}

/** For screen readers, after the name of the title. */
export function AvailabilityText ({ card }: { readonly card: Card }): ReactNode {
  const t = useTranslations('card')
  return card.playable ? null : <span className="visually-hidden">{t('notAvailable')}</span>
}

/** Whether a movie was watched. The progress of a show is that of its last episode, which the card does not name. */
const isWatchedMovie = ({ kind, progress = null }: Card): boolean => kind === 'movie' && progress?.finished === true

function WatchMark ({ card }: { readonly card: Card }): ReactNode {
  if (isWatchedMovie(card)) {
    return (
      <span className="watched-mark" aria-hidden>
        <Check className="icon" />
      </span>
    )
  }
  const { progress = null } = card
  return progress?.finished === true ? null : <ProgressBar progress={progress} />
}

/** @param onHide removes the title from the row */
export function ContinueWatchingCard (
  { card, index, onHide }: { readonly card: ContinueCard, readonly index: number, readonly onHide: () => void },
): ReactNode {
  const t = useTranslations('card')
  const { title, item, waiting } = card
  const code = useEpisodeCode()(item)
  const text = useContinueText()(card)
  const content = (
    <>
      <Poster title={title} shape="wide" imageUrl={title.backdropUrl} imagePlaceholder={title.backdropPlaceholder}>
        <ProgressBar progress={card.kind === 'resume' ? card : null} />
      </Poster>
      <span className="card-caption">
        <strong>{title.title}</strong>
        <span>{code === null ? text : `${code} ${item.title} · ${text}`}</span>
      </span>
    </>
  )
  const link = { className: 'card-link', tabIndex: tabIndexAt(index) }
  return (
    <li className={waiting === null ? 'card card-wide' : 'card card-wide is-pending'}>
      {waiting === null
        ? <Link to="/play/$itemId" params={{ itemId: item.id }} search={{ title: title.id }} {...link}>{content}</Link>
        : (
          <Link
            to={title.kind === 'movie' ? '/movie/$titleId' : '/show/$titleId'}
            params={{ titleId: title.id }}
            {...link}
          >
            {content}
          </Link>
        )}
      <IconButton
        icon={X}
        label={t('hide', { title: title.title })}
        className="card-hide"
        tabIndex={-1}
        onClick={onHide}
      />
    </li>
  )
}

interface Progress {
  readonly positionMs: number
  readonly durationMs: number | null
  readonly finished?: boolean
}

export function ProgressBar ({ progress }: { readonly progress: Progress | null }): ReactNode {
  if (progress === null) return null
  const { positionMs, durationMs, finished = false } = progress
  if (!finished && (durationMs === null || durationMs === 0 || positionMs === 0)) return null
  const percent = finished ? 100 : Math.min(100, 100 * positionMs / (durationMs ?? 1))
  return (
    <span className="progress" aria-hidden>
      <span style={{ inlineSize: `${percent}%` }} />
    </span>
  )
}
