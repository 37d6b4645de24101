import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import t from 'tap'
import { ConfigError, loadConfig } from '../src/config.js'

const folder = mkdtempSync(path.join(tmpdir(), 'normflix-config-'))
const secret = 'q8Zt4Wm1Xc7Rb2Ny6Lk9Pd3Vh5Sj0Gf-'
const production = { NODE_ENV: 'production', MONGODB_URI: 'mongodb://db/normflix', SIGNING_KEYS: `k1:${secret}`, PASSWORD_PEPPER: `${secret}x`, SMTP_URL: 'smtps://mail.example.com', PUBLIC_URL: 'https://www.example.com', DATA_DIR: folder }

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
  t.match(first, { env: 'development', port: 3_000, host: '127.0.0.1', seed: 'demo', rateLimits: true, bcryptCost: 11, mongodbUri: null })
  t.strictSame(loadConfig({ DATA_DIR: folder }).signingKeys, first.signingKeys)
  t.ok(Object.isFrozen(first))
})

t.test('production takes what is complete, also from files', async (t) => {
  t.match(loadConfig(production), { env: 'production', seed: 'none', host: '0.0.0.0', signingKeys: [{ kid: 'k1', secret }] })
  const file = path.join(folder, 'keys')
  writeFileSync(file, `k2:${secret},k1:${secret}z\n`)
  t.strictSame(loadConfig({ ...production, SIGNING_KEYS: '', SIGNING_KEYS_FILE: file }).signingKeys.map(({ kid }) => kid), ['k2', 'k1'])
})

t.test('what cannot be used is refused by the variable\'s name, never its value', async (t) => {
  const cases: Array<[variable: string, change: Record<string, string>]> = [
    ['MONGODB_URI', { MONGODB_URI: '' }], ['MONGODB_URI', { MONGODB_URI: 'postgres://secret-host' }], ['SIGNING_KEYS', { SIGNING_KEYS: '' }], ['SIGNING_KEYS', { SIGNING_KEYS: 'k1:short' }],
    ['SIGNING_KEYS', { SIGNING_KEYS: 'no-separator' }], ['SIGNING_KEYS', { SIGNING_KEYS: `a:${secret},a:${secret}` }], ['SIGNING_KEYS', { SIGNING_KEYS: `a:${'change-me'.repeat(5)}` }],
    ['PASSWORD_PEPPER', { PASSWORD_PEPPER: '' }], ['PASSWORD_PEPPER', { PASSWORD_PEPPER: 'a'.repeat(64) }], ['RATE_LIMITS', { RATE_LIMITS: 'off' }], ['SEED', { SEED: 'demo' }], ['PORT', { PORT: '70000' }],
    ['PORT', { PORT: '3000x' }], ['SMTP_URL', { SMTP_URL: '' }], ['SMTP_URL', { SMTP_URL: 'mail.example.com' }], ['PUBLIC_URL', { PUBLIC_URL: 'example.com/app' }], ['LOG_LEVEL', { LOG_LEVEL: 'loud' }], ['NODE_ENV', { NODE_ENV: 'staging' }], ['BCRYPT_COST', { BCRYPT_COST: '4' }], ['CORS_ORIGINS', { CORS_ORIGINS: '*' }],
    ['TRUSTED_PROXIES', { TRUSTED_PROXIES: 'true' }], ['TRUSTED_PROXIES', { TRUSTED_PROXIES: '10.0.0.0/99' }], ['SIGNING_KEYS_FILE', { SIGNING_KEYS_FILE: '/nowhere/at/all' }], ['PASSWORD_MIN_LENGTH', { PASSWORD_MIN_LENGTH: '4' }],
  ]
  for (const [variable, change] of cases) {
    const refusal = refusalOf({ ...production, ...change })
    t.equal(refusal?.[0], variable, JSON.stringify(change))
    const value = Object.values(change)[0] ?? ''
    t.notOk(value.length > 6 && refusal?.[1].replace(variable, '').includes(value), 'without the value')
  }
})
