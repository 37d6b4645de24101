// View of the rows of the home page, as JSON: a page has up to 200 cards.
import type { Localiser } from '../catalogue/queries/localise.js'
import type { CatalogueTitle } from '../catalogue/store/catalogue.js'
import type { FilledRow, HomeCard } from '../home/home.js'
import type { CardTexts } from './card-texts.js'
import { toItem } from './cards.js'
import { writeContinueCard } from './continue-watching.js'

/** Writes a `HomeRow` of the API. */
export function writeHomeRow (
  cardTexts: CardTexts,
  { id, title, cards }: FilledRow,
  nextCursor: string | null,
  localiser: Localiser,
): string {
  const items = cards.kind === 'continue'
    ? cards.items.map((card) => writeContinueCard(cardTexts, card, localiser))
    : cards.items.map((card) => writeHomeCard(cardTexts, card, localiser))
  const because = cards.kind === 'continue' ? {} : { because: toWatchedTitle(cards.because, localiser) }
  const [head, cursor] = [JSON.stringify({ kind: cards.kind, id, title, ...because }), JSON.stringify(nextCursor)]
  return `${head.slice(0, -1)},"items":[${items.join()}],"nextCursor":${cursor}}`
}

function toWatchedTitle (title: CatalogueTitle | null, localiser: Localiser): { id: string, title: string } | null {
  return title === null ? null : { id: title.id, title: localiser.localisedFields(title).title ?? title.title }
}

function writeHomeCard (
  cardTexts: CardTexts,
  { title, isPlayable, state, episode }: HomeCard,
  localiser: Localiser,
): string {
  const fields = episode === undefined ? '' : `,"episode":${JSON.stringify(toItem(title, episode, localiser))}`
  return cardTexts.write(title, localiser, isPlayable, state, fields)
}
