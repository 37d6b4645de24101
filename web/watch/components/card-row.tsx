// Rows and grids of cards. A row is a single tab stop; the arrow keys move the focus inside it and between rows. Arrow
// buttons scroll a row by its width.
import { Link, type LinkProps } from '@tanstack/react-router'
import { clsx } from 'clsx'
import { ChevronLeft, ChevronRight } from 'lucide-react'
import { useEffect, useRef, useState, type ReactNode, type RefObject } from 'react'
import { useTranslations } from 'use-intl'
import { handleArrowKeys, moveTabStop } from './arrow-keys.js'

interface CardRowProps {
  readonly title: string
  readonly children: ReactNode
  readonly isWide?: boolean
  /** The cards are people. */
  readonly isPeople?: boolean
  /** The page with all titles of the row. */
  readonly seeAll?: Pick<LinkProps, 'to' | 'params' | 'search'>
}

export function CardRow ({ title, children, isWide = false, isPeople = false, seeAll }: CardRowProps): ReactNode {
  const t = useTranslations('card')
  const track = useRef<HTMLUListElement>(null)
  const { canGoBack, canGoOn } = useScrollEnds(track)
  const scroll = (direction: 1 | -1): void => {
    const node = track.current
    if (node === null) return
    const isRightToLeft = getComputedStyle(node).direction === 'rtl'
    node.scrollBy({ left: direction * (isRightToLeft ? -1 : 1) * node.clientWidth * 0.85, behavior: 'smooth' })
  }
  return (
    <section className={clsx('row', isWide && 'row-wide', isPeople && 'row-people')} aria-label={title}>
      <div className="row-heading">
        <h2 className="row-title">{title}</h2>
        {seeAll === undefined
          ? null
          : <Link {...seeAll} className="row-more" aria-label={`${t('seeAll')}: ${title}`}>{t('seeAll')}</Link>}
      </div>
      <div className="row-frame">
        {/* Keyboard users move with the arrow keys. */}
        <button
          type="button"
          className="row-arrow row-arrow-back"
          tabIndex={-1}
          hidden={!canGoBack}
          aria-label={t('scrollBack', { row: title })}
          onClick={() => {
            scroll(-1)
          }}
        >
          <ChevronLeft className="icon" aria-hidden />
        </button>
        <ul className="row-track" ref={track} onKeyDown={handleArrowKeys} onFocus={moveTabStop}>{children}</ul>
        <button
          type="button"
          className="row-arrow row-arrow-on"
          tabIndex={-1}
          hidden={!canGoOn}
          aria-label={t('scrollOn', { row: title })}
          onClick={() => {
            scroll(1)
          }}
        >
          <ChevronRight className="icon" aria-hidden />
        </button>
      </div>
    </section>
  )
}

interface CardGridProps {
  readonly label: string
  readonly isWide?: boolean
  /** The cards are older than the filters of the page. */
  readonly isBusy?: boolean
  readonly children: ReactNode
}

/** Cards that wrap. */
export function CardGrid ({ label, isWide = false, isBusy = false, children }: CardGridProps): ReactNode {
  return (
    <section className={clsx('row', isWide && 'row-wide')} aria-label={label} aria-busy={isBusy}>
      <ul className="grid" onKeyDown={handleArrowKeys} onFocus={moveTabStop}>{children}</ul>
    </section>
  )
}

/** Whether there are cards before and after the visible ones. */
function useScrollEnds (track: RefObject<HTMLElement | null>): { canGoBack: boolean, canGoOn: boolean } {
  const [ends, setEnds] = useState({ canGoBack: false, canGoOn: false })
  useEffect(() => {
    const node = track.current
    if (node === null) return undefined
    const update = (): void => {
      // Negative from right to left.
      const offset = Math.abs(node.scrollLeft)
      setEnds({ canGoBack: offset > 4, canGoOn: offset + node.clientWidth < node.scrollWidth - 4 })
    }
    const observer = new ResizeObserver(update)
    observer.observe(node)
    node.addEventListener('scroll', update, { passive: true })
    return () => {
      observer.disconnect()
      node.removeEventListener('scroll', update)
    }
  }, [track])
  return ends
}
