// What a profile says of a title: my list, and thumbs.
import { Check, Heart, Plus, ThumbsDown, ThumbsUp, type IconNode } from 'lucide'
import type { Card, Rating } from '../api/client.js'
import { explain } from '../api/problem.js'
import { rate, setWish } from '../api/titles.js'
import { element, icon, iconButton } from '../dom.js'
import { say } from './messages.js'

const RATINGS: ReadonlyArray<{ rating: Rating, node: IconNode, label: string }> = [
  { rating: 'down', node: ThumbsDown, label: 'Not for me' },
  { rating: 'up', node: ThumbsUp, label: 'I like this' },
  { rating: 'love', node: Heart, label: 'I love this' },
]

export function tasteButtons (title: Pick<Card, 'id' | 'title' | 'inWishlist' | 'rating'>): HTMLElement {
  return element('div', { class: 'taste' }, wishButton(title), ratingButtons(title))
}

function wishButton ({ id, title, inWishlist = false }: Pick<Card, 'id' | 'title' | 'inWishlist'>): HTMLElement {
  let isWished = inWishlist
  const made = iconButton('My list', Plus, () => {
    void toggle()
  })
  const show = (): void => {
    made.replaceChildren(icon(isWished ? Check : Plus))
    made.setAttribute('aria-pressed', String(isWished))
    made.title = isWished ? 'Take it off my list' : 'Put it on my list'
  }
  const toggle = async (): Promise<void> => {
    isWished = !isWished
    show()
    try {
      await setWish(id, isWished)
      say(isWished ? `${title} is on your list.` : `${title} is off your list.`)
    } catch (error) {
      isWished = !isWished
      show()
      say(explain(error))
    }
  }
  show()
  return made
}

/** One of three, or none: pressing the chosen one takes it back. */
function ratingButtons ({ id, rating: first = null }: Pick<Card, 'id' | 'rating'>): HTMLElement {
  let chosen = first
  const buttons = RATINGS.map(({ rating, node, label }) => ({
    rating,
    button: iconButton(label, node, () => {
      void choose(rating)
    }),
  }))
  const show = (): void => {
    for (const { rating, button } of buttons) button.setAttribute('aria-pressed', String(rating === chosen))
  }
  const choose = async (rating: Rating): Promise<void> => {
    const before = chosen
    chosen = rating === chosen ? null : rating
    show()
    try {
      await rate(id, chosen)
    } catch (error) {
      chosen = before
      show()
      say(explain(error))
    }
  }
  show()
  return element(
    'div',
    { class: 'ratings', attributes: { role: 'group', 'aria-label': 'Your rating' } },
    ...buttons.map(({ button }) => button),
  )
}
