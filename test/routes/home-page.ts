// Reads the home page of a profile in tests.
import type { Test } from 'tap'
import { startApp, type TestApp } from '../support/app.js'
import { signUp, signUpAdmin, type TestUser } from '../support/users.js'

export interface HomeCard {
  readonly id: string
  readonly title: string
  readonly inWishlist?: boolean
  readonly rating?: string | null
  readonly progress?: { finished: boolean } | null
  readonly episode?: { season: number, episode: number }
}

export interface HomeRow {
  readonly kind: string
  readonly id: string
  readonly title: string
  readonly items: HomeCard[]
  readonly nextCursor: string | null
}

export async function readHome (client: TestUser, profileId = client.profileId): Promise<HomeRow[]> {
  const { body, status } = await client.get<{ rows: HomeRow[] }>(`/v1/profiles/${profileId}/home`)
  if (status !== 200) throw new Error(`${status}: ${JSON.stringify(body)}`)
  return body.rows
}

/** Returns a row as the home page contains it; undefined if it is left out. */
export async function findHomeRow (client: TestUser, id: string): Promise<HomeRow | undefined> {
  return (await readHome(client)).find((row) => row.id === id)
}

export const titlesOf = (row: HomeRow | undefined): string[] => row?.items.map(({ title }) => title) ?? []

/** Reads all pages of a row. @param afterPage called before the next page is read */
export async function readWholeRow (
  client: TestUser,
  id: string,
  limit: number,
  afterPage: (page: number) => Promise<unknown> = async () => undefined,
): Promise<HomeCard[]> {
  const cards: HomeCard[] = []
  let cursor = ''
  for (let page = 0; page < 100; page++) {
    const { body } = await client.get<HomeRow>(`/v1/profiles/${client.profileId}/home/${id}?limit=${limit}${cursor}`)
    cards.push(...body.items)
    if (body.nextCursor === null) return cards
    cursor = `&cursor=${body.nextCursor}`
    await afterPage(page)
  }
  throw new Error('the row has more than 100 pages')
}

export async function startHomeApp (t: Test): Promise<TestApp & { admin: TestUser, kim: TestUser }> {
  const testApp = await startApp(t)
  return { ...testApp, admin: await signUpAdmin(testApp.app), kim: await signUp(testApp.app) }
}
