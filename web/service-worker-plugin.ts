// Writes the files that the service worker stores into it: what the first page of the watch app needs.
import { createHash } from 'node:crypto'
import type { Plugin } from 'vite'

interface Chunk {
  readonly type: 'chunk'
  readonly name: string
  readonly isEntry: boolean
  readonly imports: readonly string[]
  readonly dynamicImports: readonly string[]
  readonly moduleIds: readonly string[]
  code: string
  readonly viteMetadata?: { readonly importedCss: Set<string>, readonly importedAssets: Set<string> }
}
type Bundle = Readonly<Record<string, Chunk | { readonly type: 'asset' }>>

const isMessages = ({ moduleIds }: Chunk): boolean => moduleIds.some((id) => id.includes('/watch/messages/'))

function chunkNamed (bundle: Bundle, name: string): Chunk | null {
  const file = bundle[name]
  return file?.type === 'chunk' ? file : null
}

/** The entry, its static imports, and the messages of all languages; with their styles and fonts. */
function listShellFiles (bundle: Bundle, entryName: string): string[] {
  const files = new Set<string>()
  const waiting = [entryName]
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    const chunk = chunkNamed(bundle, name)
    if (chunk === null || files.has(name)) continue
    files.add(name)
    for (const file of [...chunk.viteMetadata?.importedCss ?? [], ...chunk.viteMetadata?.importedAssets ?? []]) {
      files.add(file)
    }
    waiting.push(...chunk.imports)
    for (const dynamic of chunk.dynamicImports) {
      const imported = chunkNamed(bundle, dynamic)
      if (imported !== null && isMessages(imported)) waiting.push(dynamic)
    }
  }
  return [...files].sort()
}

export function writeServiceWorker (): Plugin {
  return {
    name: 'normflix-service-worker',
    generateBundle (_options, output) {
      const bundle = output as unknown as Bundle
      const entries = Object.entries(bundle).filter(([, file]) => file.type === 'chunk' && file.isEntry)
      const findEntry = (entryName: string): string =>
        entries.find(([, file]) => file.type === 'chunk' && file.name === entryName)?.[0] ??
          this.error(`no entry ${entryName}`)
      const worker = chunkNamed(bundle, findEntry('service-worker')) ?? this.error('no service worker')
      const files = listShellFiles(bundle, findEntry('watch')).map((file) => `/${file}`)
      const buildId = createHash('sha256').update(Object.keys(bundle).sort().join()).digest('hex').slice(0, 12)
      worker.code = worker.code
        .replaceAll('__SHELL_FILES__', JSON.stringify(files))
        .replaceAll('__BUILD_ID__', JSON.stringify(buildId))
    },
  }
}
