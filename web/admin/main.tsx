// The admin app: runs the service for its staff.
import { RouterProvider } from '@tanstack/react-router'
import { createQueryClient } from '@shared/api/query-client.js'
import { renderApp } from '@shared/app.js'
import { createAdminRouter } from './router.js'
import './styles/admin.css'

const queryClient = createQueryClient()

void renderApp(
  {
    en: async () => await import('./messages/en/index.js'),
    es: async () => await import('./messages/es/index.js'),
    de: async () => await import('./messages/de/index.js'),
  },
  queryClient,
  <RouterProvider router={createAdminRouter(queryClient)} />,
)
