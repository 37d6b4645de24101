// Loads the app again when a file of its build no longer exists, because the service has a newer one.

async function reloadIfNewer (): Promise<void> {
  const script = document.querySelector<HTMLScriptElement>('script[type="module"][src]')
  if (script === null) return
  const response = await fetch(location.pathname, { cache: 'no-store', headers: { accept: 'text/html' } })
  const path = new URL(script.src).pathname
  if (response.ok && !(await response.text()).includes(path)) location.reload()
}

/** Handles pages and components that fail to load. Without a newer build the error state of the page shows. */
export function reloadAfterNewBuild (): void {
  window.addEventListener('vite:preloadError', () => {
    reloadIfNewer().catch(() => undefined)
  })
}
