// The configuration: defaults, and rules between variables.
import { readFileSync } from 'node:fs'
import path from 'node:path'
import t from 'tap'
import { loadConfig, type Config } from '../src/config.js'
import { KNOWN_NAMES } from '../src/config/variables.js'
import { folder, problemsOf, production, s3, secret, writeFile } from './config/configurations.js'

t.test('development needs no configuration and keeps its secrets over restarts', async (t) => {
  const first = loadConfig({ DATA_DIR: folder })
  t.match(first, {
    env: 'development',
    port: 3_000,
    host: '127.0.0.1',
    seed: 'demo',
    logFormat: 'pretty',
    rateLimits: true,
    bcryptCost: 11,
    mongodbUri: null,
    publicUrl: 'http://localhost:3000',
    s3: null,
  })
  t.strictSame(loadConfig({ DATA_DIR: folder }).signingKeys, first.signingKeys)
  t.equal(loadConfig({ DATA_DIR: folder }).passwordPepper, first.passwordPepper)
  t.ok(Object.isFrozen(first))
})

t.test('tests generate secrets for each process and hash passwords fast', async (t) => {
  const [first, second] = [1, 2].map(() => loadConfig({ NODE_ENV: 'test', DATA_DIR: folder })) as [Config, Config]
  t.match(first, { bcryptCost: 4, seed: 'none' })
  t.not(first.passwordPepper, second.passwordPepper)
})

t.test('production accepts a complete configuration', async (t) => {
  t.match(loadConfig(production), {
    env: 'production',
    seed: 'none',
    logFormat: 'json',
    host: '0.0.0.0',
    signingKeys: [{ kid: 'k1', secret }],
    passwordPepper: `${secret}x`,
    xAccelRedirectPrefix: null,
    s3: null,
    warnings: [],
  })
})

t.test('an empty variable counts as missing', async (t) => {
  t.match(loadConfig({ ...production, PORT: '', CORS_ORIGINS: '', S3_BUCKET: '' }), { port: 3_000, corsOrigins: [] })
  t.match(problemsOf({ ...production, MONGODB_URI: '' }), [{ variable: 'MONGODB_URI', rule: /required/ }])
})

t.test('production requires a database, secrets and a mail server, and forbids what is for development', async (t) => {
  const { DATA_DIR } = production
  t.strictSame(problemsOf({ NODE_ENV: 'production', DATA_DIR, SEED: 'demo', RATE_LIMITS: 'off', BCRYPT_COST: '9' }), [
    { variable: 'MONGODB_URI', rule: 'is required in production' },
    { variable: 'SIGNING_KEYS', rule: 'is required in production' },
    { variable: 'PASSWORD_PEPPER', rule: 'is required in production' },
    { variable: 'SMTP_URL', rule: 'is required in production: without it a forgotten password cannot be replaced' },
    { variable: 'RATE_LIMITS', rule: 'must be "on" in production' },
    { variable: 'SEED', rule: 'must be "none" in production: the demo has public passwords' },
    { variable: 'BCRYPT_COST', rule: 'must be a whole number from 10 to 15 in production' },
  ])
})

t.test('a bucket needs its name and credentials, and excludes nginx', async (t) => {
  t.strictSame(loadConfig({ ...production, ...s3 }).s3, {
    endpoint: null,
    region: 'us-east-1',
    bucket: 'movies',
    prefix: '',
    accessKeyId: 'AKID',
    secretAccessKey: 'canary-secret',
    forcePathStyle: false,
    delivery: 'proxy',
  })
  t.match(problemsOf({ ...production, STORAGE: 's3', X_ACCEL_REDIRECT_PREFIX: '/media' }), [
    { variable: 'S3_BUCKET' },
    { variable: 'S3_ACCESS_KEY_ID' },
    { variable: 'S3_SECRET_ACCESS_KEY' },
    { variable: 'X_ACCEL_REDIRECT_PREFIX' },
  ])
  t.equal(loadConfig({ ...production, S3_BUCKET: 'Not A Bucket' }).s3, null, 'an unused store is not checked')
})

t.test('a secret can come from a file, which wins over the variable', async (t) => {
  const [keys, pepper, smtp, id, key] = [
    ['keys', `k2:${secret},k1:${secret}z\n`],
    ['pepper', `${secret}file\n`],
    ['smtp', 'smtp://user:canary@mail:25\n'],
    ['id', 'ID-FROM-FILE\n'],
    ['key', 'key from a file\n'],
  ].map(([name = '', content = '']) => writeFile(name, content)) as [string, string, string, string, string]
  const config = loadConfig({
    ...production,
    ...s3,
    SIGNING_KEYS_FILE: keys,
    PASSWORD_PEPPER_FILE: pepper,
    SMTP_URL_FILE: smtp,
    S3_ACCESS_KEY_ID_FILE: id,
    S3_SECRET_ACCESS_KEY_FILE: key,
  })
  t.strictSame(config.signingKeys.map(({ kid }) => kid), ['k2', 'k1'])
  t.match(config, {
    passwordPepper: `${secret}file`,
    smtpUrl: 'smtp://user:canary@mail:25',
    s3: { accessKeyId: 'ID-FROM-FILE', secretAccessKey: 'key from a file' },
  })
  t.match(problemsOf({ ...production, SIGNING_KEYS_FILE: '/nowhere/at/all' }), [
    { variable: 'SIGNING_KEYS_FILE', rule: 'must name a readable file' },
  ])
  t.match(problemsOf({ ...production, PASSWORD_PEPPER_FILE: writeFile('weak', 'weak') }), [
    { variable: 'PASSWORD_PEPPER' },
  ])
})

t.test('all problems are reported together, each on a line without its value', async (t) => {
  const broken = {
    ...production,
    PORT: 'canary-1',
    LOG_LEVEL: 'canary-2',
    TRUSTED_PROXIES: 'canary-3',
    AUDIT_DAYS: '1',
  }
  t.throws(() => loadConfig(broken), {
    name: 'ConfigError',
    message: [
      'PORT must be a whole number from 0 to 65535',
      'LOG_LEVEL must be one of fatal, error, warn, info, debug, trace, silent',
      'TRUSTED_PROXIES must list IP addresses or CIDR blocks',
      'AUDIT_DAYS must be a whole number from 30 to 3650',
    ].join('\n'),
  })
  t.notOk(problemsOf(broken).some(({ rule }) => rule.includes('canary')))
})

t.test('an invalid configuration writes no secrets', async (t) => {
  const dataDir = t.testdir({})
  problemsOf({ DATA_DIR: dataDir, PORT: 'x' })
  t.throws(() => readFileSync(path.join(dataDir, 'secrets.json')), { code: 'ENOENT' })
})

t.test('a misspelled variable is a warning', async (t) => {
  const warningsOf = (...names: string[]): readonly string[] =>
    loadConfig({ ...production, ...Object.fromEntries(names.map((name) => [name, 'canary'])) }).warnings
  for (
    const [name, meant] of [
      ['PUBLIC_ULR', 'PUBLIC_URL'],
      ['MONGO_URI', 'MONGODB_URI'],
      ['MONGO_URL', 'MONGODB_URI'],
      ['SIGNING_KEY', 'SIGNING_KEYS'],
      ['SIGNING_KEY_FILE', 'SIGNING_KEYS_FILE'],
      ['SMTP_URI', 'SMTP_URL'],
      ['CORS_ORIGIN', 'CORS_ORIGINS'],
      ['LOGLEVEL', 'LOG_LEVEL'],
      ['SEEDS', 'SEED'],
      ['PORTS', 'PORT'],
    ] as const
  ) {
    t.strictSame(warningsOf(name), [`${name} is not a variable of NormFlix; did you mean ${meant}?`])
  }
  t.strictSame(warningsOf('NORMFLIX_COLOUR'), ['NORMFLIX_COLOUR is not a variable of NormFlix'])
  const common = ['HOME', 'POST', 'USER', 'PATH', 'SHELL', 'TERM', 'LANG', 'PWD', 'HOSTNAME', 'NODE_PATH', 'LOGNAME']
  const clouds = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_REGION', 'DATABASE_URL', 'REDIS_URL', 'BIND']
  t.strictSame(warningsOf(...common, ...clouds, 'NORMFLIX_TEST_MONGODB_URI'), [])
})

t.test('.env.example documents every variable of the schema', async (t) => {
  const documented = [...readFileSync('.env.example', 'utf8').matchAll(/^#?([A-Z][A-Z0-9_]+)=/gm)].map(([, name]) =>
    name
  )
  t.strictSame(documented.sort(), [...KNOWN_NAMES].sort())
})
