// Builds the watch page into dist/web: types of the API from its description, a type check, one bundle.
// --check stops after the types; --bundle leaves them out, for who only wants to run it; --watch keeps the bundle current.
import { build, context } from 'esbuild'
import openapiTypes, { astToString } from 'openapi-typescript'
import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const inRoot = (...parts) => path.join(ROOT, ...parts)
const PAGE = inRoot('web', 'watch', 'index.html')
const TARGET = inRoot('dist', 'web')
const ENTRIES = { SCRIPT: 'web/watch/main.ts', STYLE: 'web/watch/styles/watch.css', ICON: 'web/watch/icon.svg' }

/** The client is typed by the committed description, so that a page that no longer fits the API does not build. */
async function writeApiTypes () {
  const types = await openapiTypes(pathToFileURL(inRoot('openapi', 'openapi.json')), { defaultNonNullable: false })
  mkdirSync(inRoot('web', 'generated'), { recursive: true })
  writeFileSync(inRoot('web', 'generated', 'api.d.ts'), astToString(types))
}

function checkTypes () {
  const { status } = spawnSync(process.execPath, [
    inRoot('node_modules', 'typescript', 'bin', 'tsc'),
    '-p',
    inRoot('web'),
  ], { stdio: 'inherit' })
  if (status !== 0) process.exit(status ?? 1)
}

/** `import address from 'package/file?url'`: the file is served beside the bundle, as it is. */
const filesByAddress = {
  name: 'files-by-address',
  setup (builder) {
    builder.onResolve(
      { filter: /\?url$/ },
      ({ path: name }) => ({ path: inRoot('node_modules', name.slice(0, -'?url'.length)), namespace: 'by-address' }),
    )
    builder.onLoad(
      { filter: /./, namespace: 'by-address' },
      async ({ path: file }) => ({ contents: await readFile(file), loader: 'file' }),
    )
  },
}

/** Puts the hashed addresses into the page, whenever they are known anew. */
const page = {
  name: 'page',
  setup (builder) {
    builder.onEnd(({ errors, metafile }) => {
      if (errors.length > 0) return
      const outputs = Object.entries(metafile.outputs)
      const html = Object.entries(ENTRIES).reduce((text, [mark, entry]) => {
        const [output] = outputs.find(([file, { entryPoint }]) => entryPoint === entry && !file.endsWith('.map')) ?? []
        if (output === undefined) throw new Error(`the bundle has no ${entry}`)
        return text.replace(`%${mark}%`, `/watch/${path.relative(TARGET, inRoot(output)).replaceAll('\\', '/')}`)
      }, readFileSync(PAGE, 'utf8'))
      writeFileSync(path.join(TARGET, 'index.html'), html)
    })
  },
}

const options = {
  absWorkingDir: ROOT,
  entryPoints: Object.values(ENTRIES),
  outdir: TARGET,
  publicPath: '/watch/',
  entryNames: 'assets/[name]-[hash]',
  chunkNames: 'assets/[name]-[hash]',
  assetNames: 'assets/[name]-[hash]',
  bundle: true,
  splitting: true,
  format: 'esm',
  target: 'es2022',
  // The type checker's detour around Plyr's types is not the bundler's.
  tsconfigRaw: { compilerOptions: { verbatimModuleSyntax: true } },
  minify: true,
  metafile: true,
  legalComments: 'linked',
  loader: { '.woff2': 'file', '.svg': 'copy' },
  plugins: [filesByAddress, page],
  logLevel: 'warning',
}

const isAsked = (flag) => process.argv.includes(flag)

if (!isAsked('--bundle')) {
  await writeApiTypes()
  if (!isAsked('--watch')) checkTypes()
}
if (isAsked('--watch')) {
  await (await context(options)).watch()
} else if (!isAsked('--check')) {
  rmSync(TARGET, { recursive: true, force: true })
  await build(options)
}
