// Registers the service worker, so that the app can be installed and opens without a network.

const URL = '/watch/service-worker.js'

/** After the first page: the worker then stores files that the browser has. */
export function registerServiceWorker (): void {
  if (!import.meta.env.PROD || !('serviceWorker' in navigator)) return
  window.addEventListener('load', () => {
    navigator.serviceWorker.register(URL, { scope: '/watch', updateViaCache: 'none' }).catch(() => undefined)
  })
}
