// The wishlist button and the rating buttons of a title.
import { Check, Heart, Plus, ThumbsDown, ThumbsUp, type LucideIcon } from 'lucide-react'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import type { Card, Rating } from '@shared/api/client.js'
import { IconButton } from '@shared/design/button.js'
import { useTitleActions } from '../api/card-changes.js'

const RATINGS: ReadonlyArray<readonly [rating: Rating, icon: LucideIcon]> = [
  ['down', ThumbsDown],
  ['up', ThumbsUp],
  ['love', Heart],
]

export function TitleActions (
  { title }: { readonly title: Pick<Card, 'id' | 'title' | 'inWishlist' | 'rating'> },
): ReactNode {
  const t = useTranslations('titleActions')
  const { toggleWishlist, toggleRating } = useTitleActions(title, {
    added: t('added', { title: title.title }),
    removed: t('removed', { title: title.title }),
  })
  const isInWishlist = title.inWishlist === true
  return (
    <div className="ratings-bar">
      <IconButton
        icon={isInWishlist ? Check : Plus}
        label={t('wishlist')}
        title={t(isInWishlist ? 'removeFromWishlist' : 'addToWishlist')}
        className="wishlist-button"
        isPressed={isInWishlist}
        onClick={toggleWishlist}
      />
      <div className="ratings" role="group" aria-label={t('rating')}>
        {RATINGS.map(([rating, icon]) => (
          <IconButton
            key={rating}
            icon={icon}
            label={t(rating)}
            isPressed={title.rating === rating}
            onClick={() => {
              toggleRating(rating)
            }}
          />
        ))}
      </div>
    </div>
  )
}
