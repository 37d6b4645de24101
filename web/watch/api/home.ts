// The rows of the home page.
import { asProfile, type Card, type ContinueCard } from './client.js'
import { answerOf } from './problem.js'
import { profileId } from './session.js'

export interface HomeRow { readonly id: string, readonly title: string, readonly cards: readonly Card[] }
export interface Home { readonly continueWatching: readonly ContinueCard[], readonly rows: readonly HomeRow[] }

const CARDS = 20
/** There is something to play in this many lines. */
const PLAYABLE_HEIGHT = 1

export async function loadHome (): Promise<Home> {
  const path = { profileId: profileId() }
  const [continueWatching, wishlist, popular, newest, shows] = await Promise.all([
    answerOf(asProfile.GET('/v1/profiles/{profileId}/continue-watching', { params: { path, query: { limit: CARDS } } })),
    answerOf(asProfile.GET('/v1/profiles/{profileId}/wishlist', { params: { path, query: { order: 'newest', limit: CARDS } } })),
    answerOf(asProfile.GET('/v1/movies', { params: { query: { sort: 'popularity', minHeight: PLAYABLE_HEIGHT, limit: CARDS } } })),
    answerOf(asProfile.GET('/v1/titles', { params: { query: { sort: 'release', limit: CARDS } } })),
    answerOf(asProfile.GET('/v1/shows', { params: { query: { sort: 'popularity', limit: CARDS } } })),
  ])
  const rows: HomeRow[] = [
    { id: 'wishlist', title: 'My list', cards: wishlist.items },
    { id: 'popular', title: 'Popular films', cards: popular.items },
    { id: 'shows', title: 'Shows', cards: shows.items },
    { id: 'new', title: 'Newest', cards: newest.items },
  ]
  return { continueWatching: continueWatching.items, rows: rows.filter(({ cards }) => cards.length > 0) }
}
