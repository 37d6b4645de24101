// Every variable of the configuration, with valid and invalid values.
import path from 'node:path'
import t from 'tap'
import { loadConfig } from '../../src/config.js'
import { EnvironmentVariables, VARIABLE_NAMES, type VariableName } from '../../src/config/variables.js'
import { folder, problemsOf, production, s3, secret, writeFile } from './configurations.js'

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
  LOWEST_RENDITION_FIRST: {
    valid: (['auto', 'on', 'off'] as const).map((text) => [text, { encoding: { lowestFirst: text } }]),
    invalid: ['yes', 'ON'],
  },
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
