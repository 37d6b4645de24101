// Plays movies and episodes through the API.
import type { TestClock } from './clock.js'
import type { TestResponse } from './requests.js'
import type { TestUser } from './users.js'

/** Starts playback of an item on the first profile and returns the response with the stream. */
export async function play (
  user: TestUser,
  itemId: string,
  options: Record<string, unknown> = {},
): Promise<TestResponse> {
  return await user.post(`/v1/profiles/${user.profileId}/playback`, { itemId, ...options })
}

/** Plays an item, stops at a position a second later and returns the response to the stop. */
export async function watch (
  user: TestUser,
  clock: TestClock,
  itemId: string,
  positionMs: number,
  watchedMs = positionMs,
): Promise<TestResponse> {
  const { body } = await play(user, itemId)
  clock.advance(1_000)
  return await user.post(`/v1/profiles/${user.profileId}/playback/${body.streamId}/stop`, {
    positionMs,
    watchedMs,
    at: clock.now().toISOString(),
  })
}
