// The watch app: discovers, plays and continues titles, and manages the account.
import { RouterProvider } from '@tanstack/react-router'
import { createQueryClient } from '@shared/api/query-client.js'
import { renderApp } from '@shared/app.js'
import { reloadProfileData } from './api/keys.js'
import { startProgressSync } from './api/progress-sync.js'
import { createWatchRouter } from './router.js'
import { registerServiceWorker } from './service-worker.js'
import './styles/watch.css'

const queryClient = createQueryClient()

startProgressSync(() => {
  void reloadProfileData(queryClient)
})

void renderApp(
  {
    en: async () => await import('./messages/en/index.js'),
    es: async () => await import('./messages/es/index.js'),
    de: async () => await import('./messages/de/index.js'),
  },
  queryClient,
  <RouterProvider router={createWatchRouter(queryClient)} />,
)
registerServiceWorker()
