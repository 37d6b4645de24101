// npm run test:fuzz: Schemathesis over the whole document against a service that is started for it, as an administrator and
// as a member, then mutated bodies. Ends with 0 when nothing failed.
import { Command, InvalidArgumentError } from 'commander'
import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { resolveDatabaseServer } from '../../src/database/resolve-server.js'
import { PASSWORD } from '../support/users.js'
import { send, signUpAdminAt, startServer, type ServerProcess } from '../support/server-process.js'
import { installSchemathesis } from './schemathesis.js'

/** Undeclared methods are 404 here, as any address that is not known: that check is left out. */
const CHECKS = [
  'not_a_server_error',
  'status_code_conformance',
  'content_type_conformance',
  'response_schema_conformance',
  'negative_data_rejection',
  'ignored_auth',
]
/** They would end the session that the rest of the walk is made with: they get one of their own. */
const ENDINGS = '^(logOut|logOutEverywhere)$'

interface Options {
  readonly examples: number
  readonly mutants: number
  readonly seed: number
  readonly short?: boolean
}

function wholeNumber (text: string): number {
  if (!/^[1-9]\d*$/.test(text)) throw new InvalidArgumentError('It is a whole number of at least 1.')
  return Number(text)
}

const options = new Command('test:fuzz')
  .option('--examples <n>', 'generated requests an operation and phase', wholeNumber, 50)
  .option('--mutants <n>', 'mutated bodies', wholeNumber, 10_000)
  .option('--seed <n>', 'the same seed gives the same requests', wholeNumber, 1)
  .option('--short', 'a minute or two: few examples, 1,000 mutated bodies')
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

/** What Schemathesis remembers of failures goes into the folder that it runs in. */
const WORK_DIR = mkdtempSync(path.join(tmpdir(), 'normflix-schemathesis-'))

async function fuzz (
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
    const newMember = async (): Promise<string> =>
      (await send(server, 'POST', '/v1/auth/signup', undefined, {
        email: `${randomUUID()}@example.com`,
        password: PASSWORD,
      })).body.accessToken
    let failed = 0
    for (
      const [who, token, selection] of [
        ['administrator', admin, ['--exclude-operation-id-regex', ENDINGS]],
        ['member', await newMember(), ['--exclude-operation-id-regex', ENDINGS]],
        ['somebody who leaves', await newMember(), ['--include-operation-id-regex', ENDINGS]],
      ] as const
    ) {
      console.log(`\n== The whole document as: ${who}`)
      // Most of the time goes into covering each rule of each schema: once is enough for a short run.
      const phases = options.short === true && token !== admin ? 'examples,fuzzing' : undefined
      if (await fuzz(program, server, token, selection, phases) !== 0) failed++
    }
    console.log(`\n== ${mutants} mutated bodies`)
    const variables = {
      NORMFLIX_TEST_MONGODB_URI: database.uri,
      NORMFLIX_MUTANTS: String(mutants),
      NORMFLIX_SEED: String(options.seed),
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
