// What a view is.

/** Ends a view that has something to finish, and waits for it. */
export type Leave = () => Promise<void>

/**
 * Shows itself in the host.
 * @param parts of the address, after the view's name
 * @param signal aborted when another view takes its place
 */
export type View = (host: HTMLElement, parts: readonly string[], signal: AbortSignal) => Promise<Leave | null>

export function nameThePage (title: string | null): void {
  document.title = title === null ? 'NormFlix' : `${title} · NormFlix`
}
