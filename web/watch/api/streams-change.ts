// Announces that a stream of the account started or ended: the player checks whether it is its own.
const target = new EventTarget()
const EVENT = 'streams'

export function announceStreamsChange (): void {
  target.dispatchEvent(new Event(EVENT))
}

export function onStreamsChange (listener: () => void, signal: AbortSignal): void {
  target.addEventListener(EVENT, listener, { signal })
}
