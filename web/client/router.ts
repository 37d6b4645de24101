// Routes of the page. The URL fragment selects the view, so that the service serves a single document.

export interface Route {
  readonly view: string
  readonly parts: readonly string[]
}

/** Parses a fragment: `#/show/5f…/2` is the view "show" with two parts. */
export function parseRoute (hash: string): Route {
  const [view = '', ...parts] = hash.replace(/^#\/?/, '').split('/').map(decodePart)
  return { view: view === '' ? 'home' : view, parts }
}

export function routeUrl (view: string, ...parts: ReadonlyArray<string | number>): string {
  return `#/${[view, ...parts].map((part) => encodeURIComponent(part)).join('/')}`
}

export function navigate (url: string): void {
  location.hash = url
}

/** Navigates without a new entry in the history. */
export function replaceRoute (url: string): void {
  location.replace(url)
}

function decodePart (part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}

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
