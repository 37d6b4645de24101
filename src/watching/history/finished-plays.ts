// Reports plays that reached the end to webhooks. Without a subscriber, it costs nothing.
import type { ProfileRef, WatchingDeps } from '../deps.js'
import type { PlayWrite } from './plays.js'

/**
 * Stores the events of plays that reached the end. It runs after the plays were written and before the caller marks
 * them as flushed or responds: after a crash in between, the same plays are written and reported again. The event of a
 * play has one ID, so that it is stored once.
 */
export async function reportFinishedPlays (
  { events }: WatchingDeps,
  { account, profile }: ProfileRef,
  writes: readonly PlayWrite[],
): Promise<void> {
  for (const { playKey, playId, subject, progress: { reachedEndAt }, isPlayed } of writes) {
    if (!isPlayed || reachedEndAt === null) continue
    await events.record('play.finished', () => ({
      data: {
        accountId: account,
        profileId: profile,
        titleId: subject.title,
        itemId: subject.item,
        playId: playId ?? playKey,
        finishedAt: new Date(reachedEndAt).toISOString(),
      },
      key: [profile, playKey],
    }))
  }
}
