// JSON of cards. What all plans and profiles see of a title is serialised once for each language.
import { LRUCache } from 'lru-cache'
import type { Localiser } from '../catalogue/queries/localise.js'
import type { CatalogueTitle } from '../catalogue/store/catalogue.js'
import { flattenText } from '../catalogue/store/interning.js'
import { UNTOUCHED_TITLE, type ProfileState } from '../watching/title-states.js'
import { toSharedCard } from './cards.js'

/** Of all cards, with what the cache stores beside each: 20,000 cards of usual length. */
const CACHE_MAX_CHARACTERS = 16 * 1024 ** 2
const TITLE_OVERHEAD = 200

export interface CardTexts {
  /**
   * Writes a card.
   * @param isPlayable whether the plan of the caller can play the title
   * @param state the fields of the profile; left out for a caller without one
   * @param fields further fields as JSON, each with a comma in front
   */
  write(
    title: CatalogueTitle,
    localiser: Localiser,
    isPlayable: boolean,
    state?: ProfileState,
    fields?: string,
  ): string
}

/** Titles are never changed: each version of a title is an object of its own. */
export function createCardTexts (): CardTexts {
  const texts = new LRUCache<CatalogueTitle, ReadonlyMap<string, string>>({
    maxSize: CACHE_MAX_CHARACTERS,
    sizeCalculation: (ofTitle) => [...ofTitle.values()].reduce((total, { length }) => total + length, TITLE_OVERHEAD),
  })

  /** The card without its closing brace. */
  function openCard (title: CatalogueTitle, localiser: Localiser): string {
    const language = localiser.languageOf(title)
    const ofTitle = texts.get(title)
    const known = ofTitle?.get(language)
    if (known !== undefined) return known
    const text = flattenText(JSON.stringify(toSharedCard(title, localiser)).slice(0, -1))
    // A new map, because the cache computes the size of a value once.
    texts.set(title, new Map([...ofTitle ?? [], [language, text]]))
    return text
  }

  return {
    write (title, localiser, isPlayable, state, fields = '') {
      const stateText = state === undefined ? '' : `,${stateFields(state)}`
      return `${openCard(title, localiser)},"playable":${String(isPlayable)}${stateText}${fields}}`
    },
  }
}

/** JSON of the fields of a profile, without braces. */
export function stateFields (state: ProfileState): string {
  return state === UNTOUCHED_TITLE ? UNTOUCHED_FIELDS : writeStateFields(state)
}

function writeStateFields ({ inWishlist, rating, progress }: ProfileState): string {
  const ratingText = rating === null ? 'null' : `"${rating}"`
  const progressText = progress === null ? 'null' : JSON.stringify(progress)
  return `"inWishlist":${String(inWishlist)},"rating":${ratingText},"progress":${progressText}`
}

const UNTOUCHED_FIELDS = writeStateFields(UNTOUCHED_TITLE)
