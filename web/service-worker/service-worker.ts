// The service worker of the watch app: the app opens without a network. It stores the page, its scripts and styles.
// It never handles responses of the API and media: those requests do not pass through it.
/// <reference lib="webworker" />
declare const self: ServiceWorkerGlobalScope
/** Files of the first page. The build writes the list, so that the worker changes with each build. */
declare const __SHELL_FILES__: readonly string[]
declare const __BUILD_ID__: string

const PAGE = '/watch'
const CACHE_NAME = `normflix-${__BUILD_ID__}`

self.addEventListener('install', (event) => {
  event.waitUntil(storeShell())
})

self.addEventListener('activate', (event) => {
  event.waitUntil(replaceOldBuild())
})

self.addEventListener('fetch', (event) => {
  const { request } = event
  const { origin, pathname } = new URL(request.url)
  if (request.method !== 'GET' || origin !== self.location.origin) return
  if (request.mode === 'navigate') event.respondWith(loadPage(request))
  else if (pathname.startsWith('/assets/')) event.respondWith(loadAsset(request))
})

async function storeShell (): Promise<void> {
  const cache = await caches.open(CACHE_NAME)
  await cache.addAll([new Request(PAGE, { cache: 'reload' }), ...__SHELL_FILES__])
  await self.skipWaiting()
}

/** Pages that are open with the old build load its remaining files from the service, or load again. */
async function replaceOldBuild (): Promise<void> {
  const names = await caches.keys()
  await Promise.all(names.filter((name) => name !== CACHE_NAME).map(async (name) => await caches.delete(name)))
  await self.clients.claim()
}

/** The page of the service, which names the files of the newest build; without a network the stored one. */
async function loadPage (request: Request): Promise<Response> {
  try {
    return await fetch(request)
  } catch (error) {
    const page = await caches.match(PAGE, { ignoreVary: true })
    if (page === undefined) throw error
    return page
  }
}

/** The names of assets contain a content hash: a stored asset is never out of date. */
async function loadAsset (request: Request): Promise<Response> {
  const cache = await caches.open(CACHE_NAME)
  const stored = await cache.match(request, { ignoreVary: true })
  if (stored !== undefined) return stored
  const response = await fetch(request)
  if (response.status === 200) await cache.put(request, response.clone())
  return response
}
