// The wishlist button and the rating buttons of a title.
import { Check, Heart, Plus, ThumbsDown, ThumbsUp, type IconNode } from 'lucide'
import type { Card, Rating } from '../api/client.js'
import { describeError } from '../api/problem.js'
import { rateTitle, setInWishlist } from '../api/titles.js'
import { createElement, createIcon, createIconButton } from '../dom.js'
import { showMessage } from './messages.js'

const RATINGS: ReadonlyArray<{ rating: Rating, node: IconNode, label: string }> = [
  { rating: 'down', node: ThumbsDown, label: 'Not for me' },
  { rating: 'up', node: ThumbsUp, label: 'I like this' },
  { rating: 'love', node: Heart, label: 'I love this' },
]

export function createRatingButtons (title: Pick<Card, 'id' | 'title' | 'inWishlist' | 'rating'>): HTMLElement {
  return createElement('div', { class: 'ratings-bar' }, createWishlistButton(title), createThumbButtons(title))
}

function createWishlistButton (
  { id, title, inWishlist = false }: Pick<Card, 'id' | 'title' | 'inWishlist'>,
): HTMLElement {
  let isInWishlist = inWishlist
  const button = createIconButton('Wishlist', Plus, () => {
    void toggle()
  })
  const show = (): void => {
    button.replaceChildren(createIcon(isInWishlist ? Check : Plus))
    button.setAttribute('aria-pressed', String(isInWishlist))
    button.title = isInWishlist ? 'Remove from wishlist' : 'Add to wishlist'
  }
  const toggle = async (): Promise<void> => {
    isInWishlist = !isInWishlist
    show()
    try {
      await setInWishlist(id, isInWishlist)
      showMessage(isInWishlist ? `Added ${title} to your wishlist.` : `Removed ${title} from your wishlist.`)
    } catch (error) {
      isInWishlist = !isInWishlist
      show()
      showMessage(describeError(error))
    }
  }
  show()
  return button
}

/** Pressing the selected rating removes it. */
function createThumbButtons ({ id, rating: initial = null }: Pick<Card, 'id' | 'rating'>): HTMLElement {
  let selected = initial
  const buttons = RATINGS.map(({ rating, node, label }) => ({
    rating,
    button: createIconButton(label, node, () => {
      void select(rating)
    }),
  }))
  const show = (): void => {
    for (const { rating, button } of buttons) button.setAttribute('aria-pressed', String(rating === selected))
  }
  const select = async (rating: Rating): Promise<void> => {
    const before = selected
    selected = rating === selected ? null : rating
    show()
    try {
      await rateTitle(id, selected)
    } catch (error) {
      selected = before
      show()
      showMessage(describeError(error))
    }
  }
  show()
  return createElement(
    'div',
    { class: 'ratings', attributes: { role: 'group', 'aria-label': 'Your rating' } },
    ...buttons.map(({ button }) => button),
  )
}
