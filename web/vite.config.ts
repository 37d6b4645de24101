// Builds both apps into dist/web. They contain no inline scripts and styles, which the policy of the service forbids.
import react from '@vitejs/plugin-react'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vite'
import { compileMessageFiles } from './message-plugin.ts'
import { writeServiceWorker } from './service-worker-plugin.ts'

const inWeb = (path: string): string => fileURLToPath(new URL(path, import.meta.url))
/** The service that answers API requests of the development server. */
const SERVICE_URL = process.env['NORMFLIX_URL'] ?? 'http://127.0.0.1:3000'

export default defineConfig({
  root: inWeb('.'),
  publicDir: inWeb('public'),
  plugins: [react(), compileMessageFiles(), writeServiceWorker()],
  resolve: { alias: { '@shared': inWeb('shared'), '@normflix/client': inWeb('../packages/client/src') } },
  build: {
    outDir: inWeb('../dist/web'),
    emptyOutDir: true,
    target: 'es2022',
    sourcemap: true,
    // A data: URL would need an exception in the policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1_000,
    rollupOptions: {
      input: {
        watch: inWeb('watch/index.html'),
        admin: inWeb('admin/index.html'),
        'service-worker': inWeb('service-worker/service-worker.ts'),
      },
      // Browsers find a new worker at the same URL.
      output: {
        entryFileNames: ({ name }) => name === 'service-worker' ? 'watch/service-worker.js' : 'assets/[name]-[hash].js',
      },
    },
  },
  server: { proxy: { '/v1': SERVICE_URL } },
})
