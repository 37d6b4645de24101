// The configuration of a process: read once from the environment, validated, frozen and passed in.
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { generateSecrets, loadDevelopmentSecrets, type Secrets } from './config/development-secrets.js'
import { findDataFolderProblem } from './config/files.js'
import { findMisspelledVariables, readVariables, type ConfigProblem, type Variables } from './config/read-variables.js'
import { parseSigningKeys, type SigningKey } from './config/rules.js'
import type { EnvironmentValues } from './config/variables.js'
import type { LoudnessTarget } from './domain/loudness.js'
import { DEFAULT_LADDER, MAX_RUNGS, parseRung, type LadderRung, type VideoEncoder } from './domain/encoding-ladder.js'
import { createPlanTable, DEFAULT_PLANS, type PlanTable } from './domain/plans.js'
import { parsePlansFile } from './domain/plans-file.js'

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  version: string,
}

/** Version of the service, from package.json. */
export const VERSION = version

export type Environment = EnvironmentValues['NODE_ENV']

export interface Config {
  readonly env: Environment
  /** Whether the process serves the API, encodes and packages media, or both. */
  readonly role: EnvironmentValues['ROLE']
  readonly host: string
  /** TCP port; 0 for a free one. */
  readonly port: number
  /** Connection string; null: the resolver finds or starts a server. */
  readonly mongodbUri: string | null
  /** Absolute path of the folder for everything that the service stores outside the database by default. */
  readonly dataDir: string
  readonly seed: 'demo' | 'none'
  readonly logLevel: EnvironmentValues['LOG_LEVEL']
  readonly logFormat: 'json' | 'pretty'
  /** False disables the limits on request rates, for load tests. */
  readonly rateLimits: boolean
  /** The first key signs, all verify. */
  readonly signingKeys: readonly SigningKey[]
  /** Secret that is added to each password before hashing; changing it invalidates all passwords. */
  readonly passwordPepper: string
  readonly bcryptCost: number
  readonly passwordMinLength: number
  /** Exact origins of browser clients that may call the API. */
  readonly corsOrigins: readonly string[]
  /** IP addresses or CIDR blocks of proxies whose `X-Forwarded-For` is trusted. */
  readonly trustedProxies: readonly string[]
  readonly maxUploadBytes: number
  /** ffmpeg and ffprobe; null: those on the PATH. */
  readonly ffmpegPath: string | null
  readonly ffprobePath: string | null
  readonly encoding: EncodingConfig
  /** Internal location where nginx serves the media folder, such as `/protected-media`; null: no nginx. */
  readonly xAccelRedirectPrefix: string | null
  /** Connection string of the mail server (`smtp://user:password@host:587`); null: emails are stored, not sent. */
  readonly smtpUrl: string | null
  /** Sender of emails, `Name <email>`. */
  readonly mailFrom: string
  /** Days during which a closed account can be reopened; 0 erases it when it is closed. */
  readonly accountGraceDays: number
  /** Origin of the app that opens the links in emails, without a trailing slash. */
  readonly publicUrl: string
  /** Language of titles and synopses in the catalogue, BCP 47. */
  readonly catalogueLanguage: string
  /** Plans on offer. */
  readonly plans: PlanTable
  /** Retention of audit log entries, days. */
  readonly auditDays: number
  /** Bucket for media files; null: a folder of `dataDir`. */
  readonly s3: S3Config | null
  /** Which addresses webhooks may use. */
  readonly webhooks: {
    readonly isHttpAllowed: boolean,
    /** Private and loopback addresses, for intranets. */
    readonly arePrivateAddressesAllowed: boolean,
  }
  /** One line for each environment variable that is probably misspelled. */
  readonly warnings: readonly string[]
}

/** How masters are encoded. */
export interface EncodingConfig {
  readonly encoder: VideoEncoder
  /** Device file of VA-API. */
  readonly vaapiDevice: string
  readonly ladder: readonly LadderRung[]
  /** Whether the lowest rendition is encoded before the others; `auto`: that of a long master. */
  readonly lowestFirst: 'auto' | 'on' | 'off'
  readonly loudness: LoudnessTarget
}

/** A bucket of an S3-compatible store. */
export interface S3Config {
  /** URL of the store; null: Amazon S3 in the region. */
  readonly endpoint: string | null
  readonly region: string
  readonly bucket: string
  /** Empty, or ends with "/". */
  readonly prefix: string
  readonly accessKeyId: string
  readonly secretAccessKey: string
  /** Sends the bucket in the path of URLs instead of the host name. */
  readonly forcePathStyle: boolean
  /** Whether the service sends the bytes, or redirects clients to the store. */
  readonly delivery: EnvironmentValues['S3_DELIVERY']
}

/** The configuration is invalid. The message names each variable and its rule on a line of its own, never a value. */
export class ConfigError extends Error {
  constructor (readonly problems: readonly ConfigProblem[]) {
    super(problems.map(({ variable, rule }) => `${variable} ${rule}`).join('\n'))
    this.name = 'ConfigError'
  }
}

const MIN_PRODUCTION_BCRYPT_COST = 10

/**
 * Reads the configuration from environment variables. `X_FILE` names a file that contains a secret `X`.
 * Development secrets are generated once and stored in `DATA_DIR/secrets.json`.
 * @throws ConfigError listing every invalid variable
 */
export function loadConfig (variables: Variables = process.env, root: string = process.cwd()): Config {
  const { values, problems } = readVariables(variables)
  const plans = loadPlans(values.PLANS_FILE, root, problems)
  // A variable that is invalid in itself is reported for that alone.
  for (const conflict of [...findConflicts(values), ...findFolderProblems(values, root)]) {
    if (!problems.some(({ variable }) => variable.replace(/_FILE$/, '') === conflict.variable)) problems.push(conflict)
  }
  if (problems.length > 0) throw new ConfigError(problems)
  return toConfig(values, plans, root, findMisspelledVariables(variables))
}

/** Rules that involve several variables. */
function findConflicts (values: EnvironmentValues): ConfigProblem[] {
  const conflicts: ConfigProblem[] = []
  if (values.NODE_ENV === 'production') {
    for (const variable of ['MONGODB_URI', 'SIGNING_KEYS', 'PASSWORD_PEPPER'] as const) {
      if (values[variable] === undefined) conflicts.push({ variable, rule: 'is required in production' })
    }
    if (values.SMTP_URL === undefined) {
      const rule = 'is required in production: without it a forgotten password cannot be replaced'
      conflicts.push({ variable: 'SMTP_URL', rule })
    }
    if (values.RATE_LIMITS === 'off') conflicts.push({ variable: 'RATE_LIMITS', rule: 'must be "on" in production' })
    if (values.SEED === 'demo') {
      conflicts.push({ variable: 'SEED', rule: 'must be "none" in production: the demo has public passwords' })
    }
    if (values.BCRYPT_COST !== undefined && values.BCRYPT_COST < MIN_PRODUCTION_BCRYPT_COST) {
      const rule = `must be a whole number from ${MIN_PRODUCTION_BCRYPT_COST} to 15 in production`
      conflicts.push({ variable: 'BCRYPT_COST', rule })
    }
  }
  const heights = new Set(values.ENCODING_LADDER.map((text) => parseRung(text)?.height))
  if (heights.size < values.ENCODING_LADDER.length || heights.size > MAX_RUNGS) {
    conflicts.push({ variable: 'ENCODING_LADDER', rule: `must list each height once, and at most ${MAX_RUNGS}` })
  }
  if (values.STORAGE === 's3') {
    for (const variable of ['S3_BUCKET', 'S3_ACCESS_KEY_ID', 'S3_SECRET_ACCESS_KEY'] as const) {
      if (values[variable] === undefined) conflicts.push({ variable, rule: 'is required when STORAGE is s3' })
    }
    if (values.X_ACCEL_REDIRECT_PREFIX !== undefined) {
      const rule = 'is for files in a folder: remove it when STORAGE is s3'
      conflicts.push({ variable: 'X_ACCEL_REDIRECT_PREFIX', rule })
    }
  }
  return conflicts
}

/** Tests use folders that they create; a service with a bucket, a database and secrets needs no folder. */
function findFolderProblems (values: EnvironmentValues, root: string): ConfigProblem[] {
  const { NODE_ENV, STORAGE, MONGODB_URI, SIGNING_KEYS, PASSWORD_PEPPER, DATA_DIR } = values
  const isUnused = STORAGE === 's3' && [MONGODB_URI, SIGNING_KEYS, PASSWORD_PEPPER].every((one) => one !== undefined)
  if (NODE_ENV === 'test' || isUnused) return []
  const rule = findDataFolderProblem(path.resolve(root, DATA_DIR))
  return rule === null ? [] : [{ variable: 'DATA_DIR', rule }]
}

function loadPlans (file: string | undefined, root: string, problems: ConfigProblem[]): PlanTable {
  if (file === undefined) return DEFAULT_PLANS
  let text: string
  try {
    text = readFileSync(path.resolve(root, file), 'utf8')
  } catch {
    problems.push({ variable: 'PLANS_FILE', rule: 'must name a readable file' })
    return DEFAULT_PLANS
  }
  const parsed = parsePlansFile(text)
  if (parsed.problem === null) return createPlanTable(parsed.plans)
  problems.push({ variable: 'PLANS_FILE', rule: parsed.problem })
  return DEFAULT_PLANS
}

function toConfig (values: EnvironmentValues, plans: PlanTable, root: string, warnings: string[]): Config {
  const env = values.NODE_ENV
  const dataDir = path.resolve(root, values.DATA_DIR)
  return Object.freeze({
    env,
    role: values.ROLE,
    host: values.HOST ?? (env === 'production' ? '0.0.0.0' : '127.0.0.1'),
    port: values.PORT,
    mongodbUri: values.MONGODB_URI ?? null,
    dataDir,
    // The API process adds the demo.
    seed: values.ROLE === 'worker' ? 'none' : values.SEED ?? (env === 'development' ? 'demo' : 'none'),
    logLevel: values.LOG_LEVEL,
    logFormat: values.LOG_FORMAT ?? (env === 'development' ? 'pretty' : 'json'),
    rateLimits: values.RATE_LIMITS === 'on',
    ...loadSecrets(values, dataDir),
    bcryptCost: values.BCRYPT_COST ?? (env === 'test' ? 4 : 11),
    passwordMinLength: values.PASSWORD_MIN_LENGTH,
    corsOrigins: values.CORS_ORIGINS,
    trustedProxies: values.TRUSTED_PROXIES,
    maxUploadBytes: values.MAX_UPLOAD_BYTES,
    ffmpegPath: values.FFMPEG_PATH === undefined ? null : path.resolve(root, values.FFMPEG_PATH),
    ffprobePath: values.FFPROBE_PATH === undefined ? null : path.resolve(root, values.FFPROBE_PATH),
    encoding: toEncodingConfig(values),
    catalogueLanguage: Intl.getCanonicalLocales(values.CATALOGUE_LANGUAGE)[0] ?? values.CATALOGUE_LANGUAGE,
    xAccelRedirectPrefix: values.X_ACCEL_REDIRECT_PREFIX?.replace(/\/$/, '') ?? null,
    smtpUrl: values.SMTP_URL ?? null,
    mailFrom: values.MAIL_FROM,
    publicUrl: values.PUBLIC_URL ?? `http://localhost:${values.PORT}`,
    accountGraceDays: values.ACCOUNT_GRACE_DAYS,
    plans,
    auditDays: values.AUDIT_DAYS,
    s3: values.STORAGE === 's3' ? toS3Config(values) : null,
    webhooks: Object.freeze({
      isHttpAllowed: values.WEBHOOKS_ALLOW_HTTP === 'on',
      arePrivateAddressesAllowed: values.WEBHOOKS_ALLOW_PRIVATE_ADDRESSES === 'on',
    }),
    warnings: Object.freeze(warnings),
  })
}

function toEncodingConfig (values: EnvironmentValues): EncodingConfig {
  const { VIDEO_ENCODER, VAAPI_DEVICE, ENCODING_LADDER, LOWEST_RENDITION_FIRST, AUDIO_LOUDNESS } = values
  const rungs = ENCODING_LADDER.flatMap((text) => parseRung(text) ?? [])
  const ladder = rungs.length === 0 ? DEFAULT_LADDER : rungs
  return Object.freeze({
    encoder: VIDEO_ENCODER,
    vaapiDevice: VAAPI_DEVICE,
    ladder,
    // A hardware encoder is faster than the decoder: there, one decoding is sooner at the end.
    lowestFirst: VIDEO_ENCODER === 'libx264' ? LOWEST_RENDITION_FIRST : 'off',
    loudness: AUDIO_LOUDNESS,
  })
}

function toS3Config (values: EnvironmentValues): S3Config {
  const endpoint = values.S3_ENDPOINT ?? null
  const prefix = (values.S3_PREFIX ?? '').replace(/\/$/, '')
  return Object.freeze({
    endpoint,
    region: values.S3_REGION,
    bucket: values.S3_BUCKET ?? '',
    prefix: prefix === '' ? '' : `${prefix}/`,
    accessKeyId: values.S3_ACCESS_KEY_ID ?? '',
    secretAccessKey: values.S3_SECRET_ACCESS_KEY ?? '',
    forcePathStyle: (values.S3_FORCE_PATH_STYLE ?? (endpoint === null ? 'off' : 'on')) === 'on',
    delivery: values.S3_DELIVERY,
  })
}

function loadSecrets ({ NODE_ENV, SIGNING_KEYS, PASSWORD_PEPPER }: EnvironmentValues, dataDir: string): Secrets {
  if (SIGNING_KEYS !== undefined && PASSWORD_PEPPER !== undefined) {
    return { signingKeys: parseSigningKeys(SIGNING_KEYS), passwordPepper: PASSWORD_PEPPER }
  }
  const generated = NODE_ENV === 'test' ? generateSecrets() : loadDevelopmentSecrets(dataDir)
  return {
    signingKeys: SIGNING_KEYS === undefined ? generated.signingKeys : parseSigningKeys(SIGNING_KEYS),
    passwordPepper: PASSWORD_PEPPER ?? generated.passwordPepper,
  }
}
