// Preloaded in every process and thread of the tests.
// - Measures coverage for c8 in runs that want it. NODE_V8_COVERAGE would also write that of all packages: gigabytes.
// - Skips the module hooks with which tap records loaded modules. On Node 20 they run in one more thread per process,
//   and take a third of the CPU time of the tests. Only tap's own coverage needs the record.
import { randomUUID } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { Session, type Profiler } from 'node:inspector'
import module from 'node:module'
import path from 'node:path'

type Register = typeof module.register

/** Under this symbol tap stores its record, and takes an existing one as complete. */
const TAP_RECORD = Symbol.for('@tapjs/processinfo.ProcessInfoNodeData')
const TAP_PRELOAD = /"?--import=\S*@tapjs\/processinfo\/\S*/g
const MEASURED_FILES = /\/dist\/(src|models|routes|migrations)\//

function skipTapHooks (): void {
  const { register } = module
  Object.assign(globalThis, { [TAP_RECORD]: { files: [], sources: {} } })
  module.register = ((...args: Parameters<Register>) => {
    if (!JSON.stringify(args).includes('@tapjs/processinfo')) register(...args)
  }) as Register
}

function measureCoverage (folder: string): void {
  const session = new Session()
  session.connect()
  session.post('Profiler.enable')
  session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true })
  process.on('exit', () => {
    session.post('Profiler.takePreciseCoverage', (error, coverage) => {
      if (error !== null) throw error
      const result = coverage.result.filter(({ url }) => MEASURED_FILES.test(url)) satisfies Profiler.ScriptCoverage[]
      writeFileSync(path.join(folder, `${randomUUID()}.json`), JSON.stringify({ result }))
    })
  })
}

const { TEST_COVERAGE_FOLDER: folder } = process.env
if (process.execArgv.some((argument) => argument.includes('@tapjs/processinfo'))) skipTapHooks()
// tap adds its preload to the variable too, for child processes and threads.
process.env['NODE_OPTIONS'] = (process.env['NODE_OPTIONS'] ?? '').replace(TAP_PRELOAD, '')
if (folder !== undefined && folder !== '') measureCoverage(folder)
