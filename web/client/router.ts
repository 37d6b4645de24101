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
