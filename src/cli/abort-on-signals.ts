// Ends a long command on a signal.

/** Exit code after SIGINT, as shells use it. */
export const INTERRUPTED = 130

/** The first SIGINT or SIGTERM aborts the signal, so that the command ends in order; a second one ends the process. */
export function abortOnSignals (): { readonly signal: AbortSignal, unsubscribe(): void } {
  const controller = new AbortController()
  const onSignal = (): void => {
    if (controller.signal.aborted) process.exit(INTERRUPTED)
    controller.abort()
  }
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal)
  return {
    signal: controller.signal,
    unsubscribe () {
      process.off('SIGINT', onSignal).off('SIGTERM', onSignal)
    },
  }
}
