// The configuration: defaults, every variable with valid and invalid values, and rules between variables.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import t from 'tap'
import { ConfigError, loadConfig, type Config } from '../src/config.js'
import { EnvironmentVariables, KNOWN_NAMES, VARIABLE_NAMES, type VariableName } from '../src/config/variables.js'

const folder = mkdtempSync(path.join(tmpdir(), 'normflix-config-'))
t.teardown(() => {
  rmSync(folder, { recursive: true, force: true })
})
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
const s3 = { STORAGE: 's3', S3_BUCKET: 'movies', S3_ACCESS_KEY_ID: 'AKID', S3_SECRET_ACCESS_KEY: 'canary-secret' }

function writeFile (name: string, content: string): string {
  const file = path.join(folder, name)
  writeFileSync(file, content)
  return file
}

function problemsOf (variables: Record<string, string>): Array<{ variable: string, rule: string }> {
  try {
    loadConfig(variables)
    return []
  } catch (error) {
    return error instanceof ConfigError ? [...error.problems] : [{ variable: '?', rule: String(error) }]
  }
}

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

/** Per variable: accepted values with what they configure, and rejected values. */
const CASES: Readonly<
  Record<VariableName, {
    readonly valid: ReadonlyArray<readonly [value: string, configured: object]>,
    readonly invalid: readonly string[],
    readonly base?: Readonly<Record<string, string>>,
  }>
> = {
  NODE_ENV: { valid: [['production', { env: 'production' }]], invalid: ['staging', 'Production'] },
  PORT: {
    valid: [['0', { port: 0 }], ['65535', { port: 65_535 }]],
    invalid: ['65536', '3000x', '-1', '1e3', '3000.0', ' 80'],
  },
  HOST: { valid: [['127.0.0.1', { host: '127.0.0.1' }], ['localhost', { host: 'localhost' }]], invalid: [] },
  MONGODB_URI: {
    valid: [['mongodb+srv://db.example.com/x', { mongodbUri: 'mongodb+srv://db.example.com/x' }]],
    invalid: ['postgres://secret-host', 'secret-host:27017'],
  },
  MONGOD_BINARY: {
    valid: [[process.execPath, {}]],
    invalid: ['/nowhere/mongod', folder, writeFile('not-executable', '')],
  },
  FFMPEG_PATH: {
    valid: [[process.execPath, { ffmpegPath: process.execPath }]],
    invalid: ['/nowhere/ffmpeg', folder, writeFile('not-executable', '')],
  },
  FFPROBE_PATH: {
    valid: [[process.execPath, { ffprobePath: process.execPath }]],
    invalid: ['/nowhere/ffprobe', folder, writeFile('not-executable', '')],
  },
  VIDEO_ENCODER: { valid: [['h264_nvenc', { encoding: { encoder: 'h264_nvenc' } }]], invalid: ['x265', 'LIBX264'] },
  VAAPI_DEVICE: { valid: [['/dev/dri/renderD129', { encoding: { vaapiDevice: '/dev/dri/renderD129' } }]], invalid: [] },
  AUDIO_LOUDNESS: {
    valid: [['-16', { encoding: { loudness: '-16' } }], ['off', { encoding: { loudness: 'off' } }]],
    invalid: ['-24', '16'],
  },
  ENCODING_LADDER: {
    valid: [[
      '720:20:3000, 360:22:900',
      {
        encoding: {
          ladder: [{ height: 720, quality: 20, maxKbps: 3_000 }, { height: 360, quality: 22, maxKbps: 900 }],
        },
      },
    ]],
    invalid: ['720', '720:52:3000', '720:20', '9999:20:3000', '720:20:3000,720:22:900', '720:20:3000:4'],
  },
  NORMFLIX_CACHE_DIR: { valid: [['/var/cache/normflix', {}]], invalid: [] },
  DATA_DIR: {
    valid: [[folder, { dataDir: folder }], [path.join(folder, 'a', 'b'), { dataDir: path.join(folder, 'a', 'b') }]],
    invalid: [
      writeFile('a-file', ''),
      path.join(writeFile('a-file', ''), 'below'),
      '/dev/null',
      path.join(folder, 'n'.repeat(300)),
      ...(process.platform === 'linux' ? ['/proc/nope', '/proc/nope/data', '/sys/nope'] : []),
    ],
  },
  ROLE: { valid: [['worker', { role: 'worker' }], ['api', { role: 'api' }]], invalid: ['both', 'API'] },
  SEED: { valid: [['none', { seed: 'none' }]], invalid: ['demo', 'everything'] },
  LOG_LEVEL: { valid: [['silent', { logLevel: 'silent' }]], invalid: ['loud', 'INFO'] },
  LOG_FORMAT: {
    valid: [['pretty', { logFormat: 'pretty' }], ['json', { logFormat: 'json' }]],
    invalid: ['text', 'JSON'],
  },
  WEBHOOKS_ALLOW_HTTP: { valid: [['on', { webhooks: { isHttpAllowed: true } }]], invalid: ['yes', 'ON'] },
  WEBHOOKS_ALLOW_PRIVATE_ADDRESSES: {
    valid: [['on', { webhooks: { arePrivateAddressesAllowed: true } }], ['off', {
      webhooks: { arePrivateAddressesAllowed: false },
    }]],
    invalid: ['true'],
  },
  RATE_LIMITS: { valid: [['on', { rateLimits: true }]], invalid: ['off', 'true'] },
  SIGNING_KEYS: {
    valid: [
      [`k2:${secret}, k1:${secret}z`, { signingKeys: [{ kid: 'k2', secret }, { kid: 'k1', secret: `${secret}z` }] }],
      [`k1:${secret}:z`, { signingKeys: [{ kid: 'k1', secret: `${secret}:z` }] }],
    ],
    invalid: [
      'k1:too-short',
      'no-separator',
      `a:${secret},a:${secret}`,
      `a:${secret},`,
      `a b:${secret}`,
      `a:${'change-me'.repeat(5)}`,
      `a:${'ab'.repeat(20)}`,
    ],
  },
  PASSWORD_PEPPER: {
    valid: [[`${secret}y`, { passwordPepper: `${secret}y` }]],
    invalid: ['too-short', 'a'.repeat(64), `${secret}example`],
  },
  BCRYPT_COST: { valid: [['10', { bcryptCost: 10 }], ['15', { bcryptCost: 15 }]], invalid: ['4', '9', '16', 'high'] },
  PASSWORD_MIN_LENGTH: {
    valid: [['8', { passwordMinLength: 8 }], ['64', { passwordMinLength: 64 }]],
    invalid: ['7', '65'],
  },
  CORS_ORIGINS: {
    valid: [
      ['https://tv.example.com, http://localhost:5173,', {
        corsOrigins: ['https://tv.example.com', 'http://localhost:5173'],
      }],
      ...[
        'capacitor://localhost',
        'ionic://localhost',
        'tauri://localhost',
        'app://normflix',
        'app://.',
        'file://',
        'chrome-extension://abcdefghijklmnopabcdefghijklmnop',
        'moz-extension://0e2c2a4e-5c3d-4d49-8a5c-3b7c9f0a1d22',
        'null',
      ].map((origin) => [origin, { corsOrigins: [origin] }] as const),
    ],
    invalid: [
      '*',
      'https://*.example.com',
      'https://*',
      '*.example.com',
      'capacitor://*',
      'https://tv.example.com/',
      'https://tv.example.com,tv.example.com',
      'https://TV.example.com',
      'https://tv.example.com:443',
      'https://user@tv.example.com',
      'https:tv.example.com',
      'capacitor://localhost/',
      'capacitor:localhost',
      'app://a b',
      'NULL',
      'http://',
    ],
  },
  TRUSTED_PROXIES: {
    valid: [['10.0.0.0/8, 192.168.1.5,::1/128', { trustedProxies: ['10.0.0.0/8', '192.168.1.5', '::1/128'] }]],
    invalid: ['true', '10.0.0.0/33', '::1/129', '10.0.0.0/99', '10.0.0.0/', 'proxy.example.com'],
  },
  CATALOGUE_LANGUAGE: {
    valid: [['PT-br', { catalogueLanguage: 'pt-BR' }]],
    invalid: ['portuguese language', 'e'],
  },
  MAX_UPLOAD_BYTES: { valid: [['1', { maxUploadBytes: 1 }]], invalid: ['0', '64GB', '9007199254740992'] },
  X_ACCEL_REDIRECT_PREFIX: {
    valid: [
      ['/protected-media', { xAccelRedirectPrefix: '/protected-media' }],
      ['/protected-media/', { xAccelRedirectPrefix: '/protected-media' }],
      ['/internal/media', { xAccelRedirectPrefix: '/internal/media' }],
    ],
    invalid: ['media', '/', '//a', '/a//b', '/../a', '/a/..', '/a.b', '/a?b', '/a b', '/a%2f', 'http://nginx/a'],
  },
  STORAGE: { valid: [['local', { s3: null }]], invalid: ['tape'] },
  S3_BUCKET: {
    base: s3,
    valid: [['my.bucket-1', { s3: { bucket: 'my.bucket-1' } }]],
    invalid: ['Movies', 'a/b', 'ab'],
  },
  S3_ACCESS_KEY_ID: { base: s3, valid: [['OTHER', { s3: { accessKeyId: 'OTHER' } }]], invalid: [] },
  S3_SECRET_ACCESS_KEY: { base: s3, valid: [['other', { s3: { secretAccessKey: 'other' } }]], invalid: [] },
  S3_ENDPOINT: {
    base: s3,
    valid: [['https://s3.example.com', { s3: { endpoint: 'https://s3.example.com', forcePathStyle: true } }]],
    invalid: ['store:9000', 'ftp://store', 'https://me:canary-secret@store', 'https://store?a=b', 'https://store#a'],
  },
  S3_REGION: { base: s3, valid: [['eu-1', { s3: { region: 'eu-1' } }]], invalid: ['eu 1'] },
  S3_PREFIX: {
    base: s3,
    valid: [['norm/flix/', { s3: { prefix: 'norm/flix/' } }], ['norm', { s3: { prefix: 'norm/' } }]],
    invalid: ['../x', '/x', 'a//b', 'a b'],
  },
  S3_FORCE_PATH_STYLE: { base: s3, valid: [['on', { s3: { forcePathStyle: true } }]], invalid: ['yes'] },
  S3_DELIVERY: { base: s3, valid: [['redirect', { s3: { delivery: 'redirect' } }]], invalid: ['pigeon'] },
  SMTP_URL: { valid: [['smtp://mail:25', { smtpUrl: 'smtp://mail:25' }]], invalid: ['mail.example.com', 'smtp:'] },
  MAIL_FROM: { valid: [['Films <f@example.com>', { mailFrom: 'Films <f@example.com>' }]], invalid: [] },
  PUBLIC_URL: {
    valid: [['https://tv.example.com', { publicUrl: 'https://tv.example.com' }]],
    invalid: ['example.com/app', 'https://example.com/'],
  },
  ACCOUNT_GRACE_DAYS: {
    valid: [['0', { accountGraceDays: 0 }], ['365', { accountGraceDays: 365 }]],
    invalid: ['366', 'never'],
  },
  PLANS_FILE: {
    valid: [[
      writeFile(
        'plans.json',
        '{"plans":[{"id":"one","name":"One","maxProfiles":1,"maxStreams":1,"maxHeight":720,"price":' +
          '{"amount":100,"currency":"EUR"}}]}',
      ),
      { plans: { ids: ['one'] } },
    ]],
    invalid: ['/nowhere/at/all.json', writeFile('not-json', '{')],
  },
  AUDIT_DAYS: { valid: [['30', { auditDays: 30 }]], invalid: ['29', '3651'] },
  NORMFLIX_URL: { valid: [['http://127.0.0.1:3001', {}]], invalid: [] },
  NORMFLIX_PASSWORD: { valid: [['four blind mice ran', {}]], invalid: [] },
}

for (const name of VARIABLE_NAMES) {
  t.test(name, async (t) => {
    const { valid, invalid, base } = CASES[name]
    for (const [value, configured] of valid) {
      t.match(loadConfig({ ...production, ...base, [name]: value }), configured, `accepts ${value}`)
    }
    for (const value of invalid) {
      const problems = problemsOf({ ...production, ...base, [name]: value })
      t.match(problems, [{ variable: name, rule: /^(must|names) / }], `rejects ${value}`)
      t.equal(problems.length, 1, 'once')
      t.notOk(value.length > 6 && problems[0]?.rule.includes(value), 'without the value')
    }
    t.match(EnvironmentVariables.properties[name], { description: /^[A-Za-z].{9,130}[^.]$/ }, 'has a description')
  })
}

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
