// Claims: exclusive rights to a piece of work that expire unless they are renewed, so that another process can take
// over the work of a crashed one.

/** The database writes of a claim. `renew` and `release` have an effect only if this holder has the claim. */
export interface ClaimWrites {
  /**
   * Takes the claim if it is free or expired.
   * @returns false if another process holds it
   */
  acquire(expiresAt: Date): Promise<boolean>
  /**
   * Extends the claim.
   * @returns false if the claim was lost or another process requests its release
   */
  renew(expiresAt: Date): Promise<boolean>
  release(): Promise<void>
}

export interface ClaimOptions {
  /** A claim that is not renewed within this time expires. */
  readonly ttlMs: number
  readonly renewalIntervalMs: number
  now(): Date
  /** Called at most once, when a renewal returns false. */
  onReleaseRequested(): void
}

export interface Claim {
  /** Stops the renewals and waits for one in progress. */
  stopRenewing(): Promise<void>
  /** Stops the renewals and releases the claim. */
  release(): Promise<void>
}

/**
 * Takes a claim and renews it until it is released.
 * @returns null if another process holds it
 */
export async function acquireClaim (
  writes: ClaimWrites,
  { ttlMs, renewalIntervalMs, now, onReleaseRequested }: ClaimOptions,
): Promise<Claim | null> {
  const expiresAt = (): Date => new Date(now().getTime() + ttlMs)
  if (!await writes.acquire(expiresAt())) return null
  let isReleaseRequested = false
  let renewal: Promise<void> | null = null

  async function renew (): Promise<void> {
    if (await writes.renew(expiresAt()) || isReleaseRequested) return
    isReleaseRequested = true
    onReleaseRequested()
  }

  const timer = setInterval(() => {
    // After a failed write the claim may expire; then the next renewal detects the loss.
    renewal ??= renew().catch(() => undefined).finally(() => {
      renewal = null
    })
  }, renewalIntervalMs)

  async function stopRenewing (): Promise<void> {
    clearInterval(timer)
    await renewal
  }

  return {
    stopRenewing,
    async release () {
      await stopRenewing()
      await writes.release()
    },
  }
}
