// The preview of a card: facts, synopsis, play, wishlist and rating. It is in the top layer, over its card.
import { useQuery, type UseQueryResult } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useLayoutEffect, useRef, type ReactNode, type RefObject } from 'react'
import { useTranslations } from 'use-intl'
import type { Card } from '@shared/api/client.js'
import { Poster } from '@shared/design/poster.js'
import { continueCardQuery, isShow, movieQuery, seasonQuery, showQuery, type Title } from '../api/titles.js'
import { PlayButtons } from './play-buttons.js'
import { TitleActions } from './title-actions.js'
import { TitleFacts } from './title-facts.js'
import '../styles/preview.css'

const EDGE = 12

export function CardPreview ({ card }: { readonly card: Card }): ReactNode {
  const t = useTranslations('card')
  const panel = useRef<HTMLDivElement>(null)
  usePosition(panel)
  const { data: title } = useTitle(card)
  return (
    <div
      ref={panel}
      popover="manual"
      className="card-preview"
      role="group"
      aria-label={t('preview', { title: card.title })}
    >
      <Link
        to={card.kind === 'movie' ? '/movie/$titleId' : '/show/$titleId'}
        params={{ titleId: card.id }}
        tabIndex={-1}
        aria-hidden
      >
        <Poster title={card} shape="wide" imageUrl={card.backdropUrl} imagePlaceholder={card.backdropPlaceholder} />
      </Link>
      <div className="card-preview-text">
        <div className="actions">
          {title === undefined ? null : <PreviewPlay title={title} />}
          <TitleActions title={card} />
        </div>
        {title === undefined ? null : <TitleFacts title={title} />}
        <p className="quiet">{card.genres.slice(0, 3).join(' · ')}</p>
        {title === undefined || title.synopsis === null
          ? null
          : <p className="card-preview-synopsis">{title.synopsis}</p>}
      </div>
    </div>
  )
}

function useTitle ({ id, kind }: Card): UseQueryResult<Title> {
  const movie = useQuery({ ...movieQuery(id), enabled: kind === 'movie' })
  const show = useQuery({ ...showQuery(id), enabled: kind === 'show' })
  return kind === 'movie' ? movie : show
}

function PreviewPlay ({ title }: { readonly title: Title }): ReactNode {
  const { data: card } = useQuery(continueCardQuery(title.id))
  const number = isShow(title)
    ? (title.seasons.find((season) => season.number > 0 && season.episodeCount > 0)?.number ?? null)
    : null
  const { data: season = null } = useQuery({ ...seasonQuery(title.id, number ?? 0), enabled: number !== null })
  if (card === undefined || (number !== null && season === null)) return null
  return <PlayButtons title={title} card={card} season={season} isCompact />
}

/** Places the panel over the card, inside the window. */
function placePanel (panel: HTMLElement, card: DOMRect): void {
  const { offsetWidth, offsetHeight, style } = panel
  const clamp = (value: number, max: number): number => Math.max(EDGE, Math.min(value, max - EDGE))
  style.left = `${clamp(card.left + (card.width - offsetWidth) / 2, window.innerWidth - offsetWidth)}px`
  style.top = `${clamp(card.top + (card.height - offsetHeight) / 2, window.innerHeight - offsetHeight)}px`
}

/** Opens the panel, and places it again when its content grows. */
function usePosition (panel: RefObject<HTMLDivElement | null>): void {
  useLayoutEffect(() => {
    const node = panel.current
    const card = node?.closest('.card')?.querySelector('.poster')?.getBoundingClientRect()
    if (node === null || card === undefined) return undefined
    node.showPopover()
    const observer = new ResizeObserver(() => {
      placePanel(node, card)
    })
    placePanel(node, card)
    observer.observe(node)
    return () => {
      observer.disconnect()
    }
  }, [panel])
}
