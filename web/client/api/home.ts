// The rows of the home page.
import { profileClient, type Card, type ContinueCard } from './client.js'
import { unwrap } from './problem.js'
import { currentProfileId } from './session.js'

export interface HomeRow {
  readonly id: string
  readonly title: string
  readonly cards: readonly Card[]
}
export interface Home {
  readonly continueWatching: readonly ContinueCard[]
  readonly rows: readonly HomeRow[]
}

export async function loadHome (): Promise<Home> {
  const { rows } = await unwrap(
    profileClient.GET('/v1/profiles/{profileId}/home', { params: { path: { profileId: currentProfileId() } } }),
  )
  return {
    continueWatching: rows.flatMap((row) => row.kind === 'continue' ? row.items : []),
    rows: rows.flatMap((row) =>
      row.kind === 'titles' && row.items.length > 0 ? [{ id: row.id, title: row.title, cards: row.items }] : []
    ),
  }
}
