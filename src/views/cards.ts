// Views of titles, rated titles and items in lists and feeds.
import { findPlaceholder, type StoredTitle } from '../../models/title.js'
import type { Localiser } from '../catalogue/queries/localise.js'
import type { CatalogueItem, CatalogueTitle } from '../catalogue/store/catalogue.js'
import type { FeedPage } from '../changes/read-changes.js'
import type { Changes } from '../schemas/changes.js'
import type { Card, Item, RatedTitle } from '../schemas/titles.js'
import type { RatedTitle as StoredRating } from '../watching/lists/ratings.js'
import type { ProfileState } from '../watching/title-states.js'

/** The part of a card that is the same for all plans and profiles. */
export type SharedCard = Omit<Card, 'playable' | keyof ProfileState>

type CardPlaceholders = Pick<SharedCard, 'posterPlaceholder' | 'backdropPlaceholder'>

/** @param localiser left out: the title in the language of the catalogue */
export function toSharedCard (title: CatalogueTitle | StoredTitle, localiser?: Localiser): SharedCard {
  return {
    id: 'id' in title ? title.id : title._id.toString(),
    kind: title.kind,
    title: localiser?.localisedFields(title).title ?? title.title,
    year: title.year,
    genres: [...title.genres],
    maturityRating: title.maturityRating,
    posterUrl: title.posterUrl,
    backdropUrl: title.backdropUrl,
    ...('id' in title ? pickPlaceholders(title) : findPlaceholders(title)),
  }
}

function pickPlaceholders ({ posterPlaceholder, backdropPlaceholder }: CatalogueTitle): CardPlaceholders {
  return { posterPlaceholder, backdropPlaceholder }
}

function findPlaceholders ({ posterUrl, backdropUrl, placeholders }: StoredTitle): CardPlaceholders {
  return {
    posterPlaceholder: findPlaceholder(posterUrl, placeholders),
    backdropPlaceholder: findPlaceholder(backdropUrl, placeholders),
  }
}

/**
 * @param isPlayable whether the plan of the caller can play the title
 * @param state the fields of a profile token; left out for other tokens
 * @param localiser left out: the title in the language of the catalogue
 */
export function toCard (
  title: CatalogueTitle | StoredTitle,
  isPlayable: boolean,
  state?: ProfileState,
  localiser?: Localiser,
): Card {
  return { ...toSharedCard(title, localiser), playable: isPlayable, ...state }
}

export function toItem (
  title: Pick<CatalogueTitle, 'kind' | 'title' | 'translations'>,
  item: CatalogueItem,
  localiser?: Localiser,
): Item {
  const isMovie = title.kind === 'movie'
  const name = item.name ?? title.title
  const texts = isMovie ? title : { title: name, translations: item.translations }
  return {
    id: item.id,
    season: isMovie ? null : item.season,
    episode: isMovie ? null : item.episode,
    title: localiser?.localisedFields(texts).title ?? name,
  }
}

/** @param state the other profile fields of the title */
export function toRatedTitle (
  { title, rating, ratedAt }: StoredRating,
  isPlayable: boolean,
  state: ProfileState,
  localiser: Localiser,
): RatedTitle {
  return { title: toCard(title, isPlayable, { ...state, rating }, localiser), rating, ratedAt: ratedAt.toISOString() }
}

/** @param isPlayable whether the plan of the account can play a title */
export function toChanges (
  { changes, isReset }: FeedPage,
  cursor: string,
  isPlayable: (title: CatalogueTitle) => boolean,
  localiser: Localiser,
): Changes {
  const items = changes.map(({ kind, card }) => ({
    kind,
    title: card === null ? null : toCard(card.title, isPlayable(card.title), card.state, localiser),
  }))
  return { items, reset: isReset, cursor }
}
