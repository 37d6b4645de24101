// The whole configuration of a process: read once from the environment, validated, frozen, passed in.
import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { isIP } from 'node:net'
import { DEFAULT_PLANS, type Plan } from './domain/plans.js'
import { readPlans } from './domain/plans-file.js'

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  version: string,
}

/** Version of the service, from package.json. */
export const VERSION = version

export type Environment = 'development' | 'test' | 'production'

/** One signing secret; `kid` names it in token headers so that secrets can be rotated. */
export interface SigningKey {
  readonly kid: string
  readonly secret: string
}

export interface Config {
  readonly env: Environment
  readonly host: string
  readonly port: number
  /** Connection string, or null: the resolver finds or starts a database. */
  readonly mongodbUri: string | null
  /** Absolute folder of everything the service keeps outside the database by default. */
  readonly dataDir: string
  readonly seed: 'demo' | 'none'
  readonly logLevel: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent'
  /** `off` lifts the request rate limits, for load tests; refused in production. */
  readonly rateLimits: boolean
  /** The first key signs, all verify. */
  readonly signingKeys: readonly SigningKey[]
  /** Secret mixed into every password before hashing; changing it invalidates all passwords. */
  readonly passwordPepper: string
  readonly bcryptCost: number
  readonly passwordMinLength: number
  /** Exact origins that browsers may call from. */
  readonly corsOrigins: readonly string[]
  /** Addresses or CIDR blocks of proxies whose `X-Forwarded-For` is believed. */
  readonly trustedProxies: readonly string[]
  readonly maxUploadBytes: number
  /** Where nginx keeps the media folder for us, as `/protected-media`; null when the service sends all bytes itself. */
  readonly xAccelRedirectPrefix: string | null
  /** Connection string of the mail server (`smtp://user:password@host:587`), or null: mails are kept, not sent. */
  readonly smtpUrl: string | null
  /** The sender of mails, `Name <address>`. */
  readonly mailFrom: string
  /** How long a closed account can be taken up again, days; 0 erases it at once. */
  readonly accountGraceDays: number
  /** Where people open the links in mails, without a slash at its end. */
  readonly publicUrl: string
  /** What the catalogue's own titles and synopses are written in, BCP 47. */
  readonly catalogueLanguage: string
  /** What is offered, the smallest first. */
  readonly plans: readonly Plan[]
  /** How long an entry of the audit log is kept, days. */
  readonly auditDays: number
  /** Where media files live; null: in a folder of `dataDir`. */
  readonly s3: S3Config | null
}

/** A bucket of any S3-compatible store. */
export interface S3Config {
  /** Null: Amazon's own, found by the region. */
  readonly endpoint: string | null
  readonly region: string
  readonly bucket: string
  /** Empty, or ends with "/". */
  readonly prefix: string
  readonly accessKeyId: string
  readonly secretAccessKey: string
  /** The bucket in the path rather than in the host's name. */
  readonly forcePathStyle: boolean
  /** Whether this service passes the bytes on, or sends viewers to the store. */
  readonly delivery: 'proxy' | 'redirect'
}

/** The configuration cannot be used: names the variable and the rule, never the value. */
export class ConfigError extends Error {
  constructor (readonly variable: string, rule: string) {
    super(`${variable} ${rule}`)
    this.name = 'ConfigError'
  }
}

type Variables = Readonly<Record<string, string | undefined>>

const MIN_SECRET_LENGTH = 32
const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const

/**
 * Reads the configuration from environment variables.
 * A variable `X_FILE` names a file that holds the value of a secret `X`.
 * In development the secrets are made once and kept in `DATA_DIR/secrets.json`.
 * @throws ConfigError naming the first variable that is wrong
 */
export function loadConfig (variables: Variables = process.env, root: string = process.cwd()): Config {
  const env = oneOf(variables, 'NODE_ENV', ['development', 'test', 'production'] as const, 'development')
  const dataDir = path.resolve(root, variables['DATA_DIR'] || '.data')
  const secrets = readSecrets(variables, env, dataDir)
  const rateLimits = oneOf(variables, 'RATE_LIMITS', ['on', 'off'] as const, 'on') === 'on'
  if (!rateLimits && env === 'production') throw new ConfigError('RATE_LIMITS', 'must be "on" in production')
  const seed = oneOf(variables, 'SEED', ['demo', 'none'] as const, env === 'development' ? 'demo' : 'none')
  if (seed === 'demo' && env === 'production') {
    throw new ConfigError('SEED', 'must be "none" in production: the demo has public passwords')
  }
  const mongodbUri = variables['MONGODB_URI'] || null
  if (mongodbUri !== null && !/^mongodb(\+srv)?:\/\//.test(mongodbUri)) {
    throw new ConfigError('MONGODB_URI', 'must start with mongodb:// or mongodb+srv://')
  }
  if (mongodbUri === null && env === 'production') throw new ConfigError('MONGODB_URI', 'is required in production')
  const smtpUrl = secret(variables, 'SMTP_URL')
  if (smtpUrl !== null && !/^smtps?:\/\/./.test(smtpUrl)) {
    throw new ConfigError('SMTP_URL', 'must start with smtp:// or smtps://')
  }
  if (smtpUrl === null && env === 'production') {
    throw new ConfigError('SMTP_URL', 'is required in production: without it nobody can choose a new password')
  }
  const s3 = oneOf(variables, 'STORAGE', ['local', 's3'] as const, 'local') === 's3' ? readS3(variables) : null
  const xAccelRedirectPrefix = pathPrefix(variables, 'X_ACCEL_REDIRECT_PREFIX')
  if (s3 !== null && xAccelRedirectPrefix !== null) {
    throw new ConfigError('X_ACCEL_REDIRECT_PREFIX', 'is for files in a folder: leave it out when STORAGE is s3')
  }
  const port = integer(variables, 'PORT', 3000, 0, 65_535)
  const publicUrl = variables['PUBLIC_URL'] || `http://localhost:${port}`
  if (!isOrigin(publicUrl)) throw new ConfigError('PUBLIC_URL', 'must be an origin such as https://www.example.com')
  return Object.freeze({
    env,
    host: variables['HOST'] || (env === 'production' ? '0.0.0.0' : '127.0.0.1'),
    port,
    mongodbUri,
    dataDir,
    seed,
    logLevel: oneOf(variables, 'LOG_LEVEL', LOG_LEVELS, 'info'),
    rateLimits,
    signingKeys: secrets.signingKeys,
    passwordPepper: secrets.passwordPepper,
    bcryptCost: integer(variables, 'BCRYPT_COST', env === 'test' ? 4 : 11, env === 'production' ? 10 : 4, 15),
    passwordMinLength: integer(variables, 'PASSWORD_MIN_LENGTH', 8, 8, 64),
    corsOrigins: list(variables, 'CORS_ORIGINS', isOrigin, 'must list exact origins such as https://tv.example.com'),
    trustedProxies: list(variables, 'TRUSTED_PROXIES', isAddressOrBlock, 'must list IP addresses or CIDR blocks'),
    maxUploadBytes: integer(variables, 'MAX_UPLOAD_BYTES', 64 * 1024 ** 3, 1, Number.MAX_SAFE_INTEGER),
    catalogueLanguage: languageTag(variables, 'CATALOGUE_LANGUAGE', 'en'),
    xAccelRedirectPrefix,
    smtpUrl,
    mailFrom: variables['MAIL_FROM'] || 'NormFlix <no-reply@localhost>',
    publicUrl,
    accountGraceDays: integer(variables, 'ACCOUNT_GRACE_DAYS', 14, 0, 365),
    plans: plansOf(variables, root),
    auditDays: integer(variables, 'AUDIT_DAYS', 365, 30, 3_650),
    s3,
  })
}

function plansOf (variables: Variables, root: string): readonly Plan[] {
  const file = variables['PLANS_FILE']
  if (!file) return DEFAULT_PLANS
  let text: string
  try {
    text = readFileSync(path.resolve(root, file), 'utf8')
  } catch {
    throw new ConfigError('PLANS_FILE', 'must name a readable file')
  }
  const { plans, problem } = readPlans(text)
  if (problem !== null) throw new ConfigError('PLANS_FILE', problem)
  return plans
}

function readS3 (variables: Variables): S3Config {
  const endpoint = variables['S3_ENDPOINT'] || null
  if (endpoint !== null && !isHttpUrl(endpoint)) {
    throw new ConfigError('S3_ENDPOINT', 'must be an http or https address without a user, query or fragment')
  }
  const bucket = variables['S3_BUCKET'] ?? ''
  if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(bucket)) {
    throw new ConfigError('S3_BUCKET', 'must name a bucket: 3 to 63 of a-z, 0-9, "." and "-"')
  }
  const prefix = (variables['S3_PREFIX'] ?? '').replace(/\/$/, '')
  if (!/^(?:[\w-]+(?:\.[\w-]+)*(?:\/|$)){0,8}$/.test(prefix)) {
    throw new ConfigError('S3_PREFIX', 'must be path segments of letters, digits, "-", "_" and "."')
  }
  const accessKeyId = secret(variables, 'S3_ACCESS_KEY_ID')
  const secretAccessKey = secret(variables, 'S3_SECRET_ACCESS_KEY')
  if (accessKeyId === null) throw new ConfigError('S3_ACCESS_KEY_ID', 'is required when STORAGE is s3')
  if (secretAccessKey === null) throw new ConfigError('S3_SECRET_ACCESS_KEY', 'is required when STORAGE is s3')
  const region = variables['S3_REGION'] || 'us-east-1'
  if (!/^[\w-]{1,63}$/.test(region)) throw new ConfigError('S3_REGION', 'must be the name of a region')
  return Object.freeze({
    endpoint,
    region,
    bucket,
    prefix: prefix === '' ? '' : `${prefix}/`,
    accessKeyId,
    secretAccessKey,
    forcePathStyle:
      oneOf(variables, 'S3_FORCE_PATH_STYLE', ['on', 'off'] as const, endpoint === null ? 'off' : 'on') === 'on',
    delivery: oneOf(variables, 'S3_DELIVERY', ['proxy', 'redirect'] as const, 'proxy'),
  })
}

interface Secrets {
  signingKeys: SigningKey[]
  passwordPepper: string
}

function readSecrets (variables: Variables, env: Environment, dataDir: string): Secrets {
  const keys = secret(variables, 'SIGNING_KEYS')
  const pepper = secret(variables, 'PASSWORD_PEPPER')
  if (keys !== null && pepper !== null) {
    return { signingKeys: parseKeys(keys), passwordPepper: longEnough('PASSWORD_PEPPER', pepper) }
  }
  if (env === 'production') {
    throw new ConfigError(keys === null ? 'SIGNING_KEYS' : 'PASSWORD_PEPPER', 'is required in production')
  }
  const kept = env === 'test' ? freshSecrets() : keptSecrets(dataDir)
  return {
    signingKeys: keys === null ? kept.signingKeys : parseKeys(keys),
    passwordPepper: pepper === null ? kept.passwordPepper : longEnough('PASSWORD_PEPPER', pepper),
  }
}

/** Parses `kid:secret,kid:secret`. */
function parseKeys (text: string): SigningKey[] {
  const keys = text.split(',').map((part) => {
    const [kid, value] = splitOnce(part.trim(), ':')
    if (!/^[\w-]{1,32}$/.test(kid) || value === null) {
      throw new ConfigError('SIGNING_KEYS', 'must be kid:secret, separated by commas')
    }
    return { kid, secret: longEnough('SIGNING_KEYS', value) }
  })
  if (new Set(keys.map((key) => key.kid)).size !== keys.length) {
    throw new ConfigError('SIGNING_KEYS', 'must not repeat a kid')
  }
  return keys
}

function longEnough (variable: string, value: string): string {
  if (value.length < MIN_SECRET_LENGTH || new Set(value).size < 8) {
    throw new ConfigError(variable, `must hold secrets of at least ${MIN_SECRET_LENGTH} random characters`)
  }
  if (/change[-_ ]?me|example|secret/i.test(value)) {
    throw new ConfigError(variable, 'must not be a default or sample value')
  }
  return value
}

function freshSecrets (): Secrets {
  const random = (): string => randomBytes(32).toString('base64url')
  return { signingKeys: [{ kid: 'dev', secret: random() }], passwordPepper: random() }
}

/** Development secrets survive restarts, or every start would sign everybody out. */
function keptSecrets (dataDir: string): Secrets {
  const file = path.join(dataDir, 'secrets.json')
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')) as Secrets
  mkdirSync(dataDir, { recursive: true })
  const secrets = freshSecrets()
  try {
    writeFileSync(file, JSON.stringify(secrets, null, 2), { mode: 0o600, flag: 'wx' })
    return secrets
  } catch (error) {
    // Another process was first: its secrets are the ones.
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return JSON.parse(readFileSync(file, 'utf8')) as Secrets
    throw error
  }
}

function secret (variables: Variables, name: string): string | null {
  const file = variables[`${name}_FILE`]
  if (!file) return variables[name] || null
  try {
    return readFileSync(file, 'utf8').trim()
  } catch {
    throw new ConfigError(`${name}_FILE`, 'must name a readable file')
  }
}

function oneOf<const T extends readonly string[]> (
  variables: Variables,
  name: string,
  allowed: T,
  fallback: T[number],
): T[number] {
  const value = variables[name] || fallback
  if (!allowed.includes(value)) throw new ConfigError(name, `must be one of ${allowed.join(', ')}`)
  return value
}

function integer (variables: Variables, name: string, fallback: number, min: number, max: number): number {
  const text = variables[name]
  if (!text) return fallback
  const value = Number(text)
  if (!/^\d+$/.test(text) || value < min || value > max) {
    throw new ConfigError(name, `must be a whole number from ${min} to ${max}`)
  }
  return value
}

function languageTag (variables: Variables, name: string, fallback: string): string {
  try {
    return Intl.getCanonicalLocales(variables[name] || fallback)[0] ?? fallback
  } catch {
    throw new ConfigError(name, 'must be a BCP 47 language tag such as en or pt-BR')
  }
}

/** A path of plain segments, without a slash at its end. */
function pathPrefix (variables: Variables, name: string): string | null {
  const value = variables[name]
  if (!value) return null
  if (!/^(\/[A-Za-z0-9_-]+)+\/?$/.test(value)) {
    throw new ConfigError(name, 'must be an absolute path of letters, digits, "-" and "_", such as /protected-media')
  }
  return value.replace(/\/$/, '')
}

function list (variables: Variables, name: string, isValid: (value: string) => boolean, rule: string): string[] {
  const values = (variables[name] ?? '').split(',').map((value) => value.trim()).filter((value) => value !== '')
  if (!values.every(isValid)) throw new ConfigError(name, rule)
  return values
}

function isOrigin (value: string): boolean {
  return URL.canParse(value) && new URL(value).origin === value
}

function isHttpUrl (value: string): boolean {
  if (!URL.canParse(value)) return false
  const { protocol, username, password, search, hash } = new URL(value)
  return /^https?:$/.test(protocol) && `${username}${password}${search}${hash}` === ''
}

function isAddressOrBlock (value: string): boolean {
  const [address, bits] = splitOnce(value, '/')
  const version = isIP(address)
  return version !== 0 && (bits === null || (/^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128)))
}

function splitOnce (text: string, separator: string): [string, string | null] {
  const at = text.indexOf(separator)
  return at === -1 ? [text, null] : [text.slice(0, at), text.slice(at + separator.length)]
}
