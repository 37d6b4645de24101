// The contract of a view.

/** Closes a view; resolves when its state is saved. */
export type CloseView = () => Promise<void>

/**
 * Renders a view into the host.
 * @param parts the parts of the route after the name of the view
 * @param signal aborted when another view replaces this one
 */
export type View = (host: HTMLElement, parts: readonly string[], signal: AbortSignal) => Promise<CloseView | null>

export function setPageTitle (title: string | null): void {
  document.title = title === null ? 'NormFlix' : `${title} · NormFlix`
}
