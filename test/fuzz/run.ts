// npm run test:fuzz: starts a service and sends it the requests that Schemathesis generates from the API description,
// as an administrator and as a member, then mutated bodies. The exit code is 0 if nothing failed.
import { Command, InvalidArgumentError } from 'commander'
import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { resolveDatabaseServer } from '../../src/database/resolve-server.js'
import { send, signUpAdminAt, startServer, type ServerProcess } from '../support/server-process.js'
import { PASSWORD } from '../support/users.js'
import { installSchemathesis } from './schemathesis.js'

/** The checks of Schemathesis, without the one for undeclared methods. */
const CHECKS = [
  'not_a_server_error',
  'status_code_conformance',
  'content_type_conformance',
  'response_schema_conformance',
  'negative_data_rejection',
  'ignored_auth',
]
/** Operations that end the session of the caller: they run with a separate session. */
const SESSION_ENDING_OPERATIONS = '^(logOut|logOutEverywhere)$'

interface Options {
  readonly examples: number
  readonly mutants: number
  readonly seed: number
  readonly short?: boolean
}

function parsePositiveInteger (text: string): number {
  if (!/^[1-9]\d*$/.test(text)) throw new InvalidArgumentError('Use a whole number of at least 1.')
  return Number(text)
}

const options = new Command('test:fuzz')
  .option('--examples <n>', 'generated requests per operation and phase', parsePositiveInteger, 50)
  .option('--mutants <n>', 'number of mutated bodies', parsePositiveInteger, 10_000)
  .option('--seed <n>', 'seed: the same seed generates the same requests', parsePositiveInteger, 1)
  .option('--short', 'few examples and 1,000 mutated bodies: one or two minutes')
  .parse().opts<Options>()
const examples = options.short === true ? 3 : options.examples
const mutants = options.short === true ? 1_000 : options.mutants

async function runProgram (
  program: string,
  args: readonly string[],
  variables: Readonly<Record<string, string>> = {},
  cwd = process.cwd(),
): Promise<number> {
  const child = spawn(program, args, {
    cwd,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, ...variables },
  })
  return await new Promise((resolve) => {
    child.once('close', (code) => {
      resolve(code ?? 1)
    })
  })
}

/** Schemathesis stores failures in its working folder. */
const WORK_DIR = mkdtempSync(path.join(tmpdir(), 'normflix-schemathesis-'))

async function runSchemathesis (
  program: string,
  server: ServerProcess,
  token: string,
  selection: readonly string[],
  phases = 'examples,coverage,fuzzing',
): Promise<number> {
  return await runProgram(
    program,
    [
      '--config-file',
      path.resolve('test', 'fuzz', 'schemathesis.toml'),
      'run',
      path.resolve('openapi', 'openapi.json'),
      '--url',
      server.origin,
      '-H',
      `Authorization: Bearer ${token}`,
      '--phases',
      phases,
      '--max-examples',
      String(examples),
      '--seed',
      String(options.seed),
      '--checks',
      CHECKS.join(','),
      '--continue-on-failure',
      '--request-timeout',
      '30',
      '--generation-database',
      'none',
      '--suppress-health-check',
      'all',
      '--warnings',
      'off',
      '--no-color',
      ...selection,
    ],
    {},
    WORK_DIR,
  )
}

async function main (): Promise<number> {
  const program = await installSchemathesis(console.log)
  if (program === null) {
    console.log('test:fuzz is skipped: it needs Python 3.10 or newer with pip and venv.')
    return 0
  }
  const cleanups: Array<() => unknown> = [() => {
    rmSync(WORK_DIR, { recursive: true, force: true })
  }]
  const database = await resolveDatabaseServer({
    uri: process.env['NORMFLIX_TEST_MONGODB_URI'] ?? null,
    dataDir: null,
    report: console.log,
  })
  try {
    const uri = database.uri.replace('/normflix', `/fuzz-${randomUUID().slice(0, 13)}`)
    const dataDir = mkdtempSync(path.join(tmpdir(), 'normflix-fuzz-'))
    cleanups.push(() => {
      rmSync(dataDir, { recursive: true, force: true })
    })
    const server = await startServer(
      {
        teardown: (end: () => unknown) => {
          cleanups.push(end)
        },
      },
      uri,
      dataDir,
      { LOG_LEVEL: 'error' },
    )
    const admin = await signUpAdminAt(server, uri)
    const signUpMember = async (): Promise<string> =>
      (await send(server, 'POST', '/v1/auth/signup', undefined, {
        email: `${randomUUID()}@example.com`,
        password: PASSWORD,
      })).body.accessToken
    let failed = 0
    for (
      const [caller, token, selection] of [
        ['administrator', admin, ['--exclude-operation-id-regex', SESSION_ENDING_OPERATIONS]],
        ['member', await signUpMember(), ['--exclude-operation-id-regex', SESSION_ENDING_OPERATIONS]],
        ['member that logs out', await signUpMember(), ['--include-operation-id-regex', SESSION_ENDING_OPERATIONS]],
      ] as const
    ) {
      console.log(`\n== Caller: ${caller}`)
      // The coverage phase tests each rule of each schema and takes most of the time: a short run does it once.
      const phases = options.short === true && token !== admin ? 'examples,fuzzing' : undefined
      if (await runSchemathesis(program, server, token, selection, phases) !== 0) failed++
    }
    console.log(`\n== ${mutants} mutated bodies`)
    const variables = {
      NORMFLIX_TEST_MONGODB_URI: database.uri,
      NORMFLIX_TEST_MUTANTS: String(mutants),
      NORMFLIX_TEST_SEED: String(options.seed),
      TAP: '1',
      TAP_TIMEOUT: '1200',
      NODE_ENV: 'test',
    }
    if (
      await runProgram(process.execPath, [
        '--enable-source-maps',
        path.resolve('dist', 'test', 'security', 'mutated-input.test.js'),
      ], variables) !== 0
    ) failed++
    console.log(`\ntest:fuzz: ${failed} failures`)
    return failed === 0 ? 0 : 1
  } finally {
    for (const clean of cleanups.reverse()) await clean()
    await database.stop()
  }
}

process.exit(await main())
