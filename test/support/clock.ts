// Clocks that tests control.

export interface TestClock {
  now(): Date
  advance(ms: number): void
}

/** A clock that runs; `advance` adds to the time. */
export function createTestClock (): TestClock {
  let offsetMs = 0
  return {
    now: () => new Date(Date.now() + offsetMs),
    advance: (ms) => {
      offsetMs += ms
    },
  }
}

/** A clock that moves only with `advance`, for tests of exact times. */
export function createManualClock (): TestClock {
  let nowMs = Date.now()
  return {
    now: () => new Date(nowMs),
    advance: (ms) => {
      nowMs += ms
    },
  }
}
