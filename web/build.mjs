// Builds the watch page into dist/web: generates the API types, checks the types and bundles the page.
// --check only checks the types, --bundle only bundles, --watch rebuilds the bundle after each change.
import { build, context } from 'esbuild'
import openapiTypes, { astToString } from 'openapi-typescript'
import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const inRoot = (...parts) => path.join(ROOT, ...parts)
const PAGE = inRoot('web', 'client', 'index.html')
const TARGET = inRoot('dist', 'web')
const ENTRIES = { SCRIPT: 'web/client/main.ts', STYLE: 'web/client/styles/watch.css', ICON: 'web/client/icon.svg' }

/** Generates types from the committed API description, so that a page that does not match the API does not build. */
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

/** `import url from 'package/file?url'` copies the file next to the bundle and imports its URL. */
const fileUrls = {
  name: 'file-urls',
  setup (builder) {
    builder.onResolve(
      { filter: /\?url$/ },
      ({ path: name }) => ({ path: inRoot('node_modules', name.slice(0, -'?url'.length)), namespace: 'file-url' }),
    )
    builder.onLoad(
      { filter: /./, namespace: 'file-url' },
      async ({ path: file }) => ({ contents: await readFile(file), loader: 'file' }),
    )
  },
}

/** Writes the page with the hashed URLs of the bundle after each build. */
const page = {
  name: 'page',
  setup (builder) {
    builder.onEnd(({ errors, metafile }) => {
      if (errors.length > 0) return
      const outputs = Object.entries(metafile.outputs)
      const html = Object.entries(ENTRIES).reduce((text, [placeholder, entry]) => {
        const [output] = outputs.find(([file, { entryPoint }]) => entryPoint === entry && !file.endsWith('.map')) ?? []
        if (output === undefined) throw new Error(`the bundle has no ${entry}`)
        return text.replace(`%${placeholder}%`, `/watch/${path.relative(TARGET, inRoot(output)).replaceAll('\\', '/')}`)
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
  // Ignores tsconfig.json, which maps Plyr to a type declaration.
  tsconfigRaw: { compilerOptions: { verbatimModuleSyntax: true } },
  minify: true,
  metafile: true,
  legalComments: 'linked',
  loader: { '.woff2': 'file', '.svg': 'copy' },
  plugins: [fileUrls, page],
  logLevel: 'warning',
}

/** Brotli at quality 9 takes 0.1 s for all assets. At 11, they would be 8 % smaller and take 1.2 s. */
const BROTLI_QUALITY = 9

/** Writes compressed copies of scripts and styles, so that the service does not compress them for each request. */
function compressAssets () {
  const folder = path.join(TARGET, 'assets')
  for (const name of readdirSync(folder).filter((file) => /\.(css|js|svg)$/.test(file))) {
    const bytes = readFileSync(path.join(folder, name))
    const brotliOptions = { params: { [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY } }
    writeFileSync(path.join(folder, `${name}.br`), brotliCompressSync(bytes, brotliOptions))
    writeFileSync(path.join(folder, `${name}.gz`), gzipSync(bytes, { level: constants.Z_BEST_COMPRESSION }))
  }
}

const hasFlag = (flag) => process.argv.includes(flag)

if (!hasFlag('--bundle')) {
  await writeApiTypes()
  if (!hasFlag('--watch')) checkTypes()
}
if (hasFlag('--watch')) {
  await (await context(options)).watch()
} else if (!hasFlag('--check')) {
  rmSync(TARGET, { recursive: true, force: true })
  await build(options)
  compressAssets()
}
