// Compiles the TypeScript examples of the guides and concepts, one by one, with the strict options of the web apps.
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import t from 'tap'
import ts from 'typescript'
import { readTypeScript } from './guide-commands.js'

const FOLDERS = ['docs/guides', 'docs/concepts']
const OPTIONS: ts.CompilerOptions = {
  noEmit: true,
  strict: true,
  skipLibCheck: true,
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  lib: ['lib.es2022.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts'],
  types: [],
}

t.test('the TypeScript examples compile', async (t) => {
  // Inside the project, so that imports find its packages.
  mkdirSync('.cache', { recursive: true })
  const folder = mkdtempSync(path.resolve('.cache', 'guide-examples-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  const files = FOLDERS.flatMap((source) =>
    readdirSync(source).flatMap((page) =>
      readTypeScript(path.join(source, page)).map((text, i) => {
        const file = path.join(folder, `${path.basename(page, '.md')}-${i + 1}.ts`)
        writeFileSync(file, `${text}\nexport {}\n`)
        return file
      })
    )
  )
  t.ok(files.length >= 5, `${files.length} examples`)
  const program = ts.createProgram(files, OPTIONS)
  const faults = ts.getPreEmitDiagnostics(program).map(({ file, messageText }) =>
    `${path.basename(file?.fileName ?? '')}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`
  )
  t.strictSame(faults, [])
})
