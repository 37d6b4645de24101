// docker-compose.yml passes every variable of .env, and sets those that depend on the container.
import { readFileSync } from 'node:fs'
import t from 'tap'
import { parse } from 'yaml'
import { ConfigError, loadConfig } from '../../src/config.js'
import { KNOWN_NAMES } from '../../src/config/variables.js'

interface Service {
  readonly env_file?: ReadonlyArray<{ readonly path: string, readonly required: boolean }>
  readonly environment?: Readonly<Record<string, string>>
  readonly volumes?: readonly string[]
  readonly networks?: readonly string[]
  readonly ports?: readonly string[]
}

const { services } = parse(readFileSync('docker-compose.yml', 'utf8'), { merge: true }) as {
  services: Readonly<Record<string, Service>>,
}

/** The value that Compose inserts for `${NAME:-default}`. */
function interpolate (value: string, variables: Readonly<Record<string, string>>): string {
  return value.replace(
    /\$\{(\w+):-([^}]*)\}/g,
    (_match, name: string, otherwise: string) => variables[name] || otherwise,
  )
}

function environmentOf (service: Service, variables: Readonly<Record<string, string>>): Record<string, string> {
  const fixed = Object.entries(service.environment ?? {}).map(([name, value]) => [name, interpolate(value, variables)])
  return { ...variables, ...Object.fromEntries(fixed) as Record<string, string> }
}

const SECRET = 'q8Zt4Wm1Xc7Rb2Ny6Lk9Pd3Vh5Sj0Gf-'

for (const name of ['migrate', 'api', 'worker']) {
  const service = services[name] as Service
  t.test(`the service ${name}`, async (t) => {
    t.strictSame(service.env_file, [{ path: '.env', required: false }], 'receives every variable of .env, if it exists')
    const fixedNames = Object.keys(service.environment ?? {})
    t.strictSame(fixedNames.filter((fixed) => !KNOWN_NAMES.includes(fixed)), [], 'sets known variables only')
    t.ok(service.networks?.includes('public'), 'reaches a bucket')
  })
}

t.test('a minimal .env is a valid configuration, and so is a store', async (t) => {
  const api = services['api'] as Service
  const minimal = { SIGNING_KEYS: `k1:${SECRET}`, PASSWORD_PEPPER: SECRET }
  const bucket = { STORAGE: 's3', S3_BUCKET: 'movies', S3_ACCESS_KEY_ID: 'AKID', S3_SECRET_ACCESS_KEY: 'canary' }
  const environment = environmentOf(api, { ...minimal, ...bucket, PORT: '8080', NODE_ENV: 'development' })
  t.match(loadConfig(environment), { env: 'production', port: 3_000, host: '0.0.0.0', s3: { bucket: 'movies' } })
  t.equal(environment['DATA_DIR'], api.volumes?.[0]?.split(':')[1], 'the data folder is the volume')
  t.match(api.ports, [/:3000$/])
  t.throws(() => loadConfig(environmentOf(api, {})), ConfigError, 'without secrets it does not start')
})

t.test('the image serves on the port that Compose publishes', async (t) => {
  t.match(readFileSync('Dockerfile', 'utf8'), /^EXPOSE 3000$/m)
})

t.test('the image limits the memory that the C library reserves for threads', async (t) => {
  t.match(readFileSync('Dockerfile', 'utf8'), /^ENV .*\bMALLOC_ARENA_MAX=2\b/m)
})
