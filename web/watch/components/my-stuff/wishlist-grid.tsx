// The titles of the wishlist. In the own order they are moved with the mouse, by touch or with the keyboard.
import {
  closestCenter,
  DndContext,
  KeyboardSensor,
  PointerSensor,
  useSensor,
  useSensors,
  type Announcements,
  type DragEndEvent,
} from '@dnd-kit/core'
import { arrayMove, rectSortingStrategy, SortableContext, sortableKeyboardCoordinates } from '@dnd-kit/sortable'
import { useQueryClient } from '@tanstack/react-query'
import { useState, type ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import type { Card } from '@shared/api/client.js'
import { orderWishlist } from '../../api/my-stuff.js'
import { useAction } from '../use-action.js'
import { WishlistCard } from './wishlist-card.js'

interface WishlistGridProps {
  readonly cards: readonly Card[]
  readonly isSortable: boolean
}

/** A movement below this distance is a click. */
const MIN_DRAG_PX = 6

export function WishlistGrid ({ cards, isSortable }: WishlistGridProps): ReactNode {
  const t = useTranslations('wishlist')
  const queryClient = useQueryClient()
  // The order that is being saved; afterwards the list of the service has it.
  const [pendingIds, setPendingIds] = useState<readonly string[] | null>(null)
  const ids = cards.map(({ id }) => id)
  const order = pendingIds?.length === ids.length && ids.every((id) => pendingIds.includes(id)) ? pendingIds : ids
  const shown = order.flatMap((id) => cards.filter((card) => card.id === id))
  const save = useAction(orderWishlist)
  const sensors = useSensors(
    useSensor(PointerSensor, { activationConstraint: { distance: MIN_DRAG_PX } }),
    useSensor(KeyboardSensor, { coordinateGetter: sortableKeyboardCoordinates }),
  )
  const moveCard = ({ active, over }: DragEndEvent): void => {
    if (over === null || active.id === over.id) return
    const next = arrayMove([...order], order.indexOf(String(active.id)), order.indexOf(String(over.id)))
    setPendingIds(next)
    save.mutate(next, {
      onSettled: () => {
        void queryClient.invalidateQueries({ queryKey: ['titles'] }).then(() => {
          setPendingIds(null)
        })
      },
    })
  }
  const nameOf = (id: unknown): string => cards.find((card) => card.id === id)?.title ?? ''
  const positionOf = (id: unknown): number => order.indexOf(String(id)) + 1
  const announcements: Announcements = {
    onDragStart: ({ active }) => t('lifted', { title: nameOf(active.id), position: positionOf(active.id) }),
    onDragOver: ({ active, over }) =>
      over === null ? undefined : t('moved', { title: nameOf(active.id), position: positionOf(over.id) }),
    onDragEnd: ({ active, over }) => t('dropped', { title: nameOf(active.id), position: positionOf(over?.id) }),
    onDragCancel: ({ active }) => t('cancelled', { title: nameOf(active.id) }),
  }
  return (
    <DndContext
      sensors={sensors}
      collisionDetection={closestCenter}
      accessibility={{ announcements, screenReaderInstructions: { draggable: t('instructions') } }}
      onDragEnd={moveCard}
    >
      <SortableContext items={[...order]} strategy={rectSortingStrategy} disabled={!isSortable}>
        <ul className="wishlist-grid" aria-label={t('title')}>
          {shown.map((card) => <WishlistCard key={card.id} card={card} order={order} isSortable={isSortable} />)}
        </ul>
      </SortableContext>
    </DndContext>
  )
}
