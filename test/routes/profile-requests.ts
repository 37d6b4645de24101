// Requests of a profile, and the titles of a response.
import type { TestResponse } from '../support/requests.js'
import type { TestUser } from '../support/users.js'

/** URL below the profile of a person. */
export function profileUrl ({ profileId }: Pick<TestUser, 'profileId'>, path: string): string {
  return `/v1/profiles/${profileId}/${path}`
}

/** The titles of the items in a response. */
export function titlesOf ({ body }: TestResponse): string[] {
  return body.items.map((item: { title: string | { title: string } }) =>
    typeof item.title === 'string' ? item.title : item.title.title
  )
}

/** The same person with the token of a new kids profile. */
export async function withKidsProfile (kim: TestUser): Promise<TestUser> {
  const kids = (await kim.post('/v1/profiles', { name: 'Kids', kids: true })).body.id as string
  const { body } = await kim.post(`/v1/profiles/${kids}/select`)
  return { ...kim.with(body.accessToken), profileId: kids }
}
