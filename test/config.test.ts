import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import t from 'tap'
import { ConfigError, loadConfig } from '../src/config.js'

const folder = mkdtempSync(path.join(tmpdir(), 'normflix-config-'))
const secret = 'q8Zt4Wm1Xc7Rb2Ny6Lk9Pd3Vh5Sj0Gf-'
const production = {
  NODE_ENV: 'production',
  MONGODB_URI: 'mongodb://db/normflix',
  SIGNING_KEYS: `k1:${secret}`,
  PASSWORD_PEPPER: `${secret}x`,
  SMTP_URL: 'smtps://mail.example.com',
  PUBLIC_URL: 'https://www.example.com',
  DATA_DIR: folder,
}

function refusalOf (variables: Record<string, string>): [string, string] | null {
  try {
    loadConfig(variables)
    return null
  } catch (error) {
    return error instanceof ConfigError ? [error.variable, error.message] : ['?', String(error)]
  }
}

t.test('development needs nothing, and keeps its secrets', async (t) => {
  const first = loadConfig({ DATA_DIR: folder })
  t.match(first, {
    env: 'development',
    port: 3_000,
    host: '127.0.0.1',
    seed: 'demo',
    rateLimits: true,
    bcryptCost: 11,
    mongodbUri: null,
  })
  t.strictSame(loadConfig({ DATA_DIR: folder }).signingKeys, first.signingKeys)
  t.ok(Object.isFrozen(first))
})

t.test('production takes what is complete, also from files', async (t) => {
  t.match(loadConfig(production), {
    env: 'production',
    seed: 'none',
    host: '0.0.0.0',
    signingKeys: [{ kid: 'k1', secret }],
  })
  const file = path.join(folder, 'keys')
  writeFileSync(file, `k2:${secret},k1:${secret}z\n`)
  t.strictSame(
    loadConfig({ ...production, SIGNING_KEYS: '', SIGNING_KEYS_FILE: file }).signingKeys.map(({ kid }) => kid),
    ['k2', 'k1'],
  )
})

t.test('the place that nginx has the media at is taken with or without a slash at its end', async (t) => {
  t.equal(loadConfig(production).xAccelRedirectPrefix, null)
  for (const value of ['/protected-media', '/protected-media/']) {
    t.equal(loadConfig({ ...production, X_ACCEL_REDIRECT_PREFIX: value }).xAccelRedirectPrefix, '/protected-media')
  }
  t.equal(loadConfig({ ...production, X_ACCEL_REDIRECT_PREFIX: '/inside/media' }).xAccelRedirectPrefix, '/inside/media')
})

t.test("what cannot be used is refused by the variable's name, never its value", async (t) => {
  const cases: Array<[variable: string, change: Record<string, string>]> = [
    ['MONGODB_URI', { MONGODB_URI: '' }],
    ['MONGODB_URI', { MONGODB_URI: 'postgres://secret-host' }],
    ['SIGNING_KEYS', { SIGNING_KEYS: '' }],
    ['SIGNING_KEYS', { SIGNING_KEYS: 'k1:short' }],
    ['SIGNING_KEYS', { SIGNING_KEYS: 'no-separator' }],
    ['SIGNING_KEYS', { SIGNING_KEYS: `a:${secret},a:${secret}` }],
    ['SIGNING_KEYS', { SIGNING_KEYS: `a:${'change-me'.repeat(5)}` }],
    ['PASSWORD_PEPPER', { PASSWORD_PEPPER: '' }],
    ['PASSWORD_PEPPER', { PASSWORD_PEPPER: 'a'.repeat(64) }],
    ['RATE_LIMITS', { RATE_LIMITS: 'off' }],
    ['SEED', { SEED: 'demo' }],
    ['PORT', { PORT: '70000' }],
    ['PORT', { PORT: '3000x' }],
    ['SMTP_URL', { SMTP_URL: '' }],
    ['SMTP_URL', { SMTP_URL: 'mail.example.com' }],
    ['PUBLIC_URL', { PUBLIC_URL: 'example.com/app' }],
    ['LOG_LEVEL', { LOG_LEVEL: 'loud' }],
    ['NODE_ENV', { NODE_ENV: 'staging' }],
    ['BCRYPT_COST', { BCRYPT_COST: '4' }],
    ['CORS_ORIGINS', { CORS_ORIGINS: '*' }],
    ['TRUSTED_PROXIES', { TRUSTED_PROXIES: 'true' }],
    ['TRUSTED_PROXIES', { TRUSTED_PROXIES: '10.0.0.0/99' }],
    ['SIGNING_KEYS_FILE', { SIGNING_KEYS_FILE: '/nowhere/at/all' }],
    ['PASSWORD_MIN_LENGTH', { PASSWORD_MIN_LENGTH: '4' }],
    ['AUDIT_DAYS', { AUDIT_DAYS: '7' }],
    ['PLANS_FILE', { PLANS_FILE: '/nowhere/at/all.json' }],
    ...['media', '/', '//a', '/a//b', '/../a', '/a/..', '/a.b', '/a?b', '/a b', '/a%2f', 'http://nginx/a'].map((
      value,
    ): [string, Record<string, string>] => ['X_ACCEL_REDIRECT_PREFIX', { X_ACCEL_REDIRECT_PREFIX: value }]),
  ]
  for (const [variable, change] of cases) {
    const refusal = refusalOf({ ...production, ...change })
    t.equal(refusal?.[0], variable, JSON.stringify(change))
    const value = Object.values(change)[0] ?? ''
    t.notOk(value.length > 6 && refusal?.[1].replace(variable, '').includes(value), 'without the value')
  }
})

t.test('a store elsewhere is configured whole, its secrets also from files', async (t) => {
  t.equal(loadConfig(production).s3, null)
  const s3 = { STORAGE: 's3', S3_BUCKET: 'films', S3_ACCESS_KEY_ID: 'AKID', S3_SECRET_ACCESS_KEY: 'canary-secret' }
  t.strictSame(loadConfig({ ...production, ...s3 }).s3, {
    endpoint: null,
    region: 'us-east-1',
    bucket: 'films',
    prefix: '',
    accessKeyId: 'AKID',
    secretAccessKey: 'canary-secret',
    forcePathStyle: false,
    delivery: 'proxy',
  })
  const file = path.join(folder, 's3-secret')
  writeFileSync(file, 'from a file\n')
  const other = {
    S3_ENDPOINT: 'https://s3.example.com',
    S3_REGION: 'eu-1',
    S3_PREFIX: 'norm/flix/',
    S3_DELIVERY: 'redirect',
    S3_SECRET_ACCESS_KEY: '',
    S3_SECRET_ACCESS_KEY_FILE: file,
  }
  t.match(loadConfig({ ...production, ...s3, ...other }).s3, {
    endpoint: 'https://s3.example.com',
    region: 'eu-1',
    prefix: 'norm/flix/',
    secretAccessKey: 'from a file',
    forcePathStyle: true,
    delivery: 'redirect',
  })
  const cases: Array<[variable: string, value: string]> = [
    ['STORAGE', 'tape'],
    ['S3_BUCKET', ''],
    ['S3_BUCKET', 'Films'],
    ['S3_BUCKET', 'a/b'],
    ['S3_ACCESS_KEY_ID', ''],
    ['S3_SECRET_ACCESS_KEY', ''],
    ['S3_ENDPOINT', 'store:9000'],
    ['S3_ENDPOINT', 'ftp://store'],
    ['S3_ENDPOINT', 'https://me:canary-secret@store'],
    ['S3_PREFIX', '../x'],
    ['S3_PREFIX', '/x'],
    ['S3_REGION', 'eu 1'],
    ['S3_DELIVERY', 'pigeon'],
    ['S3_FORCE_PATH_STYLE', 'yes'],
  ]
  t.equal(
    refusalOf({ ...production, ...s3, X_ACCEL_REDIRECT_PREFIX: '/media' })?.[0],
    'X_ACCEL_REDIRECT_PREFIX',
    'nginx has no folder to send from',
  )
  for (const [variable, value] of cases) {
    const refusal = refusalOf({ ...production, ...s3, [variable]: value })
    t.equal(refusal?.[0], variable, `${variable}=${value}`)
    t.notMatch(refusal?.[1], 'canary-secret')
  }
})
