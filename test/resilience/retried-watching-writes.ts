// Every write of playback, history, wishlist, ratings and languages, sent again after its response was lost.
import { play, watch } from '../support/playback.js'
import type { LostResponseWorld } from './lost-response-world.js'

/** Repeats every write of playback, progress and history. */
export async function retryWatchingWrites (
  { t, kim, base, clock, movie, spare, show, retry }: LostResponseWorld,
): Promise<void> {
  const at = (): string => clock.now().toISOString()
  const started = await retry({
    operation: 'startPlayback',
    url: `${base}/playback`,
    as: kim,
    body: { itemId: movie },
  })
  await retry({
    operation: 'sendHeartbeat',
    url: `${base}/playback/${started.streamId}`,
    as: kim,
    body: { positionMs: 20_000, watchedMs: 20_000, at: at(), eventId: 'a' },
  })
  await retry({
    operation: 'stopPlayback',
    url: `${base}/playback/${started.streamId}/stop`,
    as: kim,
    body: { positionMs: 23_456, watchedMs: 23_000, at: at(), eventId: 'b' },
  })
  const { streamId } = (await play(kim, movie)).body
  await retry({ operation: 'endStream', url: `/v1/account/streams/${streamId}`, as: kim, repeated: 404 })
  await retry({
    operation: 'putProgress',
    url: `${base}/progress/${spare}`,
    as: kim,
    body: { positionMs: 30_000, watchedMs: 30_000, at: at() },
  })
  await retry({
    operation: 'putProgressBatch',
    url: `${base}/progress/batch`,
    as: kim,
    body: { events: [{ itemId: show.episodes[0], positionMs: 59_500, watchedMs: 50_000, at: at(), eventId: 'c' }] },
  })
  await retry({ operation: 'markWatched', url: `${base}/watched/${show.id}`, as: kim, body: {} })
  await retry({ operation: 'unmarkWatched', url: `${base}/watched/${show.id}`, as: kim })
  await retry({ operation: 'hideFromContinueWatching', url: `${base}/continue-watching/${movie}`, as: kim })
  await retry({ operation: 'restoreToContinueWatching', url: `${base}/continue-watching/${movie}`, as: kim })
  await retry({ operation: 'dropTitle', url: `${base}/dropped/${movie}`, as: kim })
  await retry({ operation: 'undropTitle', url: `${base}/dropped/${movie}`, as: kim })
  await watch(kim, clock, movie, 59_900, 59_000)
  clock.advance(1_000)
  await retry({ operation: 'watchAgain', url: `${base}/rewatch/${movie}`, as: kim })
  await retry({ operation: 'stopWatchingAgain', url: `${base}/rewatch/${movie}?pass=2`, as: kim })
  const { items } = (await kim.get(`${base}/history`)).body
  const removed = await retry({ operation: 'removePlay', url: `${base}/history/${items[0].id}`, as: kim })
  t.ok(removed)
  const { undo } = (await kim.delete(`${base}/history/${items[1].id}`)).body
  await retry({ operation: 'undo', url: `${base}/undo/${undo}`, as: kim })
  await retry({
    operation: 'importHistory',
    url: `${base}/history/import`,
    as: kim,
    body: { format: 'normflix-history', version: 1, plays: [] },
  })
  await retry({ operation: 'clearHistory', url: `${base}/history`, as: kim })
}

/** Repeats every write of the wishlist, ratings and languages. */
export async function retryPreferenceWrites ({ kim, base, movie, retry }: LostResponseWorld): Promise<void> {
  await retry({ operation: 'addToWishlist', url: `${base}/wishlist/${movie}`, as: kim })
  await retry({ operation: 'orderWishlist', url: `${base}/wishlist/order`, as: kim, body: { titleIds: [movie] } })
  await retry({ operation: 'removeFromWishlist', url: `${base}/wishlist/${movie}`, as: kim })
  await retry({ operation: 'rateTitle', url: `${base}/ratings/${movie}`, as: kim, body: { rating: 'up' } })
  await retry({ operation: 'unrateTitle', url: `${base}/ratings/${movie}`, as: kim })
  await retry({
    operation: 'setLanguages',
    url: `${base}/languages/${movie}`,
    as: kim,
    body: { audio: { language: 'es', kind: 'main' } },
  })
  await retry({ operation: 'forgetLanguages', url: `${base}/languages/${movie}`, as: kim })
}
