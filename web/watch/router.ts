// Addresses inside the page: what is behind the # says which view is shown, so that the service serves one document.

export interface Place {
  readonly view: string
  readonly parts: readonly string[]
}

/** `#/show/5f…/2` is the view "show" with two parts. */
export function placeOf (hash: string): Place {
  const [view = '', ...parts] = hash.replace(/^#\/?/, '').split('/').map(decodePart)
  return { view: view === '' ? 'home' : view, parts }
}

export function addressOf (view: string, ...parts: ReadonlyArray<string | number>): string {
  return `#/${[view, ...parts].map((part) => encodeURIComponent(part)).join('/')}`
}

export function goTo (address: string): void {
  location.hash = address
}

/** The same, without an entry that the back button would return to. */
export function replaceWith (address: string): void {
  location.replace(address)
}

function decodePart (part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}
