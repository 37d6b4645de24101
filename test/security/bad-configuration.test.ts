// A process with an invalid configuration ends quickly and names the variable, never its value.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import t from 'tap'
import { inheritedVariables } from '../support/run-command.js'

const MAX_MS = 2_000
const CONCURRENCY = 2
const SECRET = 'q8Zt4Wm1Xc7Rb2Ny6Lk9Pd3Vh5Sj0Gf-'
const CANARY = 'canary-7f3a'

const PRODUCTION: Readonly<Record<string, string>> = {
  NODE_ENV: 'production',
  MONGODB_URI: 'mongodb://127.0.0.1:1/normflix',
  SIGNING_KEYS: `k1:${SECRET}`,
  PASSWORD_PEPPER: `${SECRET}x`,
  SMTP_URL: 'smtps://mail.example.com',
  PUBLIC_URL: 'https://www.example.com',
  DATA_DIR: mkdtempSync(path.join(tmpdir(), 'normflix-bad-')),
  PORT: '0',
}
const S3 = { STORAGE: 's3', S3_BUCKET: 'movies', S3_ACCESS_KEY_ID: 'AKID', S3_SECRET_ACCESS_KEY: CANARY }
const CASES: ReadonlyArray<readonly [variable: string, value: string, others?: Readonly<Record<string, string>>]> = [
  ['NODE_ENV', CANARY],
  ['MONGODB_URI', `postgres://${CANARY}`],
  ['SIGNING_KEYS', `k1:${CANARY}`],
  ['PASSWORD_PEPPER', CANARY],
  ['RATE_LIMITS', 'off'],
  ['SEED', 'demo'],
  ['PORT', CANARY],
  ['LOG_LEVEL', CANARY],
  ['BCRYPT_COST', '4'],
  ['PASSWORD_MIN_LENGTH', '4'],
  ['CORS_ORIGINS', `*,${CANARY}`],
  ['TRUSTED_PROXIES', CANARY],
  ['MAX_UPLOAD_BYTES', CANARY],
  ['X_ACCEL_REDIRECT_PREFIX', CANARY],
  ['SMTP_URL', CANARY],
  ['PUBLIC_URL', CANARY],
  ['ACCOUNT_GRACE_DAYS', CANARY],
  ['STORAGE', CANARY],
  ['SIGNING_KEYS_FILE', `/nowhere/${CANARY}`],
  ['S3_BUCKET', `${CANARY}!`, S3],
  ['S3_ENDPOINT', CANARY, S3],
  ['S3_ACCESS_KEY_ID', '', S3],
  ['S3_SECRET_ACCESS_KEY', '', S3],
]

interface Exit {
  readonly code: number | null
  readonly ms: number
  readonly output: string
}

async function runServer (variables: Readonly<Record<string, string>>): Promise<Exit> {
  const startedAt = performance.now()
  const child = spawn(process.execPath, [path.resolve('dist', 'src', 'server.js')], {
    env: { ...inheritedVariables(), ...variables },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      output += String(chunk)
    })
  }
  const [code] = await once(child, 'close') as [number | null]
  return { code, ms: performance.now() - startedAt, output }
}

/** Repeats a slow case, because other processes use the same cores: a case that is slow by itself stays slow. */
async function measureFastest (variables: Readonly<Record<string, string>>, firstMs: number): Promise<number> {
  let fastestMs = firstMs
  for (let attempt = 0; attempt < 3 && fastestMs >= MAX_MS; attempt++) {
    fastestMs = Math.min(fastestMs, (await runServer(variables)).ms)
  }
  return fastestMs
}

/** Time to load the modules of the service without running it, ms. */
async function measureLoading (): Promise<number> {
  const startedAt = performance.now()
  const app = JSON.stringify(path.resolve('dist', 'src', 'app.js'))
  const child = spawn(process.execPath, ['-e', `import(${app}).then(() => process.exit(0))`], { stdio: 'ignore' })
  await once(child, 'close')
  return performance.now() - startedAt
}

t.test('an invalid configuration does not start', { timeout: 240_000 }, async (t) => {
  t.teardown(() => {
    rmSync(PRODUCTION['DATA_DIR'] ?? '', { recursive: true, force: true })
  })
  const loadingMs = await measureLoading()
  let slowestMs = 0
  const remaining = [...CASES]
  await Promise.all(Array.from({ length: CONCURRENCY }, async () => {
    for (let next = remaining.shift(); next !== undefined; next = remaining.shift()) {
      const [variable, value, others] = next
      const variables = { ...PRODUCTION, ...others, [variable]: value }
      const { code, ms, output } = await runServer(variables)
      slowestMs = Math.max(slowestMs, ms < MAX_MS ? ms : await measureFastest(variables, ms))
      t.equal(code, 1, `${variable} = ${JSON.stringify(value)}`)
      t.match(output, new RegExp(`\\b${variable}\\b`), 'names the variable')
      t.notOk(output.includes(CANARY) || output.includes(SECRET), 'without its value')
    }
  }))
  // On a busy machine, loading the modules alone takes seconds.
  const [slowest, loading] = [slowestMs, loadingMs].map(Math.round)
  t.ok(slowestMs < MAX_MS + 2 * loadingMs, `the slowest case took ${slowest} ms, loading alone ${loading} ms`)
  t.comment(
    `an invalid configuration does not start: ${CASES.length} cases, the slowest ended after ${slowest} ms ` +
      `(loading the modules alone: ${loading} ms)`,
  )
})

t.test('all invalid variables are listed, and misspelled ones are warnings', async (t) => {
  const { code, output } = await runServer({ ...PRODUCTION, PORT: CANARY, LOG_LEVEL: CANARY, SEED: 'demo' })
  t.equal(code, 1)
  t.match(output, /The configuration is invalid:\n {2}PORT must[^\n]*\n {2}LOG_LEVEL must[^\n]*\n {2}SEED must/)
  const misspelled = await runServer({ ...PRODUCTION, PUBLIC_ULR: CANARY })
  t.match(misspelled.output, 'PUBLIC_ULR is not a variable of NormFlix; did you mean PUBLIC_URL?')
  t.notMatch(misspelled.output, CANARY)
})
