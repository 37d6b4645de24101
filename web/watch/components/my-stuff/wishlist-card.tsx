// A title of the wishlist, with a handle to move it and a button to remove it.
import { useSortable } from '@dnd-kit/sortable'
import { useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { clsx } from 'clsx'
import { GripVertical, X } from 'lucide-react'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import type { Card } from '@shared/api/client.js'
import { IconButton } from '@shared/design/button.js'
import { Poster } from '@shared/design/poster.js'
import { showMessage } from '@shared/design/toasts.js'
import { orderWishlist } from '../../api/my-stuff.js'
import { setInWishlist } from '../../api/titles.js'
import { AvailabilityMark, AvailabilityText, ProgressBar } from '../title-card.js'
import { useAction } from '../use-action.js'

interface WishlistCardProps {
  readonly card: Card
  /** IDs of the shown titles, to restore the position after undo. */
  readonly order: readonly string[]
  readonly isSortable: boolean
}

export function WishlistCard ({ card, order, isSortable }: WishlistCardProps): ReactNode {
  const t = useTranslations('wishlist')
  const kinds = useTranslations('card')
  const sortable = useSortable({ id: card.id })
  const { setNodeRef, setActivatorNodeRef, attributes, listeners, transform, transition, isDragging } = sortable
  const remove = useRemove(card, isSortable ? order : null)
  const style = transform === null
    ? {}
    : {
      transform: `translate3d(${transform.x}px, ${transform.y}px, 0)`,
      ...transition === undefined ? {} : { transition },
    }
  return (
    <li ref={setNodeRef} style={style} className={clsx('wishlist-card', isDragging && 'is-dragging')}>
      <Link
        to={card.kind === 'movie' ? '/movie/$titleId' : '/show/$titleId'}
        params={{ titleId: card.id }}
        className="card-link"
        draggable={false}
      >
        <Poster title={card} shape="portrait">
          <ProgressBar progress={card.progress ?? null} />
          <AvailabilityMark card={card} />
        </Poster>
        <span className="card-caption">
          <strong>{card.title}</strong>
          <span>{[kinds(card.kind), card.year].filter((fact) => fact !== null).join(' · ')}</span>
          <AvailabilityText card={card} />
        </span>
      </Link>
      <div className="wishlist-actions">
        {isSortable
          ? (
            <button
              type="button"
              ref={setActivatorNodeRef}
              className="icon-button wishlist-handle"
              {...attributes}
              {...listeners}
              aria-label={t('move', { title: card.title })}
              title={t('move', { title: card.title })}
            >
              <GripVertical className="icon" aria-hidden />
            </button>
          )
          : null}
        <IconButton
          icon={X}
          label={t('remove', { title: card.title })}
          disabled={remove.isPending}
          onClick={() => {
            remove.mutate()
          }}
        />
      </div>
    </li>
  )
}

/** Removes a title, and offers to put it back to its position. @param order null: the list has no own order */
function useRemove ({ id, title }: Card, order: readonly string[] | null) {
  const t = useTranslations('wishlist')
  const common = useTranslations('common')
  const queryClient = useQueryClient()
  const reload = async (): Promise<void> => {
    await queryClient.invalidateQueries({ queryKey: ['titles'] })
  }
  const restore = useAction(async () => {
    await setInWishlist(id, true)
    if (order !== null) await orderWishlist(order)
  }, reload)
  return useAction(async () => {
    await setInWishlist(id, false)
  }, async () => {
    showMessage(t('removed', { title }), {
      label: common('undo'),
      run: () => {
        restore.mutate()
      },
    })
    await reload()
  })
}
