// Every environment variable that NormFlix reads: type, bounds, default and description, as one schema.
// .env.example documents the same names.
import { Type, type Static, type TString } from 'typebox'
import { parseRung, VIDEO_ENCODERS } from '../domain/encoding-ladder.js'
import { LOUDNESS_TARGETS } from '../domain/loudness.js'
import { isExecutableFile } from './files.js'
import {
  findKeysProblem,
  findSecretProblem,
  isObjectPrefix,
  isHttpUrl,
  isIpOrCidr,
  isLanguageTag,
  isOrigin,
} from './rules.js'

/** Returns the rule that a text breaks, as the end of the sentence "VARIABLE …"; null for a valid text. */
type FindProblem = (text: string) => string | null

const rule = (isValid: (text: string) => boolean, text: string): FindProblem => (value) => isValid(value) ? null : text

const pattern = (expression: RegExp, text: string): FindProblem => rule((value) => expression.test(value), text)

function checked (schema: TString, findProblem: FindProblem) {
  return Type.Refine(schema, (value) => findProblem(value) === null, (value) => findProblem(value) ?? '')
}

const text = (description: string) => Type.Optional(Type.String({ description }))

const checkedText = (description: string, findProblem: FindProblem) =>
  Type.Optional(checked(Type.String({ description }), findProblem))

/** A value that is never printed. `NAME_FILE` may name a file that contains it. */
const secret = (description: string, findProblem: FindProblem = () => null) =>
  Type.Optional(checked(Type.String({ description, isSecret: true }), findProblem))

/** Entries separated by commas. */
const list = (description: string, findProblem: FindProblem) =>
  Type.Array(checked(Type.String(), findProblem), { default: [], description })

const integer = (minimum: number, maximum: number, standard: number, description: string) =>
  Type.Integer({ minimum, maximum, default: standard, description })

const SWITCH = ['on', 'off'] as const

export const EnvironmentVariables = Type.Object({
  NODE_ENV: Type.Enum(['development', 'test', 'production'], {
    default: 'development',
    description: 'Environment of the process',
  }),
  ROLE: Type.Enum(['all', 'api', 'worker'], {
    default: 'all',
    description: 'all serves the API, encodes and packages; api serves only; worker encodes and packages only',
  }),
  PORT: integer(0, 65_535, 3_000, 'TCP port to listen on; 0 selects a free port'),
  HOST: text('IP address or host name to listen on; by default 0.0.0.0 in production and 127.0.0.1 elsewhere'),
  MONGODB_URI: checkedText(
    'Connection string of a replica set; required in production. Elsewhere an embedded server starts without it',
    pattern(/^mongodb(\+srv)?:\/\//, 'must start with mongodb:// or mongodb+srv://'),
  ),
  MONGOD_BINARY: checkedText(
    'Path of the mongod that is started as embedded server; by default the one on the PATH',
    rule(isExecutableFile, 'must name a program that exists and can be executed'),
  ),
  NORMFLIX_CACHE_DIR: text('Folder for downloads of the fallback server; by default in the cache folder of the user'),
  DATA_DIR: Type.String({
    default: '.data',
    description: 'Folder for the embedded database, media files and development secrets',
  }),
  SEED: Type.Optional(Type.Enum(['demo', 'none'], {
    description: 'Content of an empty database; by default demo in development and none elsewhere',
  })),
  LOG_LEVEL: Type.Enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'], {
    default: 'info',
    description: 'Least severe level that is logged',
  }),
  LOG_FORMAT: Type.Optional(Type.Enum(['json', 'pretty'], {
    description: 'Format of the log: JSON lines, or a line of text for people; by default pretty in development',
  })),
  RATE_LIMITS: Type.Enum(SWITCH, {
    default: 'on',
    description: 'off disables the limits on request rates for load tests; not allowed in production',
  }),
  SIGNING_KEYS: secret('Keys of tokens, kid:secret separated by commas; the first signs, all verify', findKeysProblem),
  PASSWORD_PEPPER: secret(
    'Secret that is added to each password before hashing; changing it invalidates all passwords',
    findSecretProblem,
  ),
  BCRYPT_COST: Type.Optional(Type.Integer({
    minimum: 4,
    maximum: 15,
    description: 'Cost of a password hash; each step doubles its duration. At least 10 in production, 11 by default',
  })),
  PASSWORD_MIN_LENGTH: integer(8, 64, 8, 'Minimum length of a new password, characters'),
  CORS_ORIGINS: list(
    'Origins of browser clients and web apps that may call the API, separated by commas',
    rule(
      isOrigin,
      'must list exact origins such as https://tv.example.com or capacitor://localhost, without a path and without ' +
        'wildcards, or null',
    ),
  ),
  TRUSTED_PROXIES: list(
    'IP addresses or CIDR blocks of proxies whose X-Forwarded-For is trusted, separated by commas',
    rule(isIpOrCidr, 'must list IP addresses or CIDR blocks'),
  ),
  CATALOGUE_LANGUAGE: checked(
    Type.String({ default: 'en', description: 'Language of titles and synopses in the catalogue, BCP 47' }),
    rule(isLanguageTag, 'must be a BCP 47 language tag such as en or pt-BR'),
  ),
  MAX_UPLOAD_BYTES: integer(1, Number.MAX_SAFE_INTEGER, 64 * 1024 ** 3, 'Maximum size of a media file, bytes'),
  FFMPEG_PATH: checkedText(
    'Path of the ffmpeg that encodes; by default the one on the PATH. Without one, encoding is off',
    rule(isExecutableFile, 'must name a program that exists and can be executed'),
  ),
  FFPROBE_PATH: checkedText(
    'Path of ffprobe; by default the one beside ffmpeg',
    rule(isExecutableFile, 'must name a program that exists and can be executed'),
  ),
  VIDEO_ENCODER: Type.Enum([...VIDEO_ENCODERS], {
    default: 'libx264',
    description: 'H.264 encoder of ffmpeg: software, Nvidia, VA-API or Quick Sync',
  }),
  VAAPI_DEVICE: Type.String({ default: '/dev/dri/renderD128', description: 'Device file of h264_vaapi' }),
  ENCODING_LADDER: list(
    'Renditions of a master as height:quality:kbit/s, separated by commas; by default from 2160 to 240',
    rule((rung) => parseRung(rung) !== null, 'must list rungs such as 1080:21:6000: height, quality (0 to 51), kbit/s'),
  ),
  LOWEST_RENDITION_FIRST: Type.Enum(['auto', ...SWITCH], {
    default: 'auto',
    description: 'Encodes the lowest rendition before the others, to play soon; auto: for masters of 5 minutes or more',
  }),
  AUDIO_LOUDNESS: Type.Enum([...LOUDNESS_TARGETS], {
    default: '-23',
    description: 'Loudness of encoded audio, LUFS: -23 by EBU R 128, -16 for phones, or off: as in the master',
  }),
  X_ACCEL_REDIRECT_PREFIX: checkedText(
    'Internal location where nginx serves DATA_DIR/media; without it the service sends the bytes itself',
    pattern(
      /^(\/[A-Za-z0-9_-]+)+\/?$/,
      'must be an absolute path of letters, digits, "-" and "_", such as /protected-media',
    ),
  ),
  STORAGE: Type.Enum(['local', 's3'], {
    default: 'local',
    description: 'Storage of media files: DATA_DIR/media or a bucket of an S3-compatible store',
  }),
  S3_BUCKET: checkedText(
    'Name of the bucket; required when STORAGE is s3',
    pattern(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, 'must name a bucket: 3 to 63 of a-z, 0-9, "." and "-"'),
  ),
  S3_ACCESS_KEY_ID: secret('Access key ID of the store; required when STORAGE is s3'),
  S3_SECRET_ACCESS_KEY: secret('Secret access key of the store; required when STORAGE is s3'),
  S3_ENDPOINT: checkedText(
    'URL of the store; by default the endpoint of Amazon S3 for the region',
    rule(isHttpUrl, 'must be an http or https URL without user, query and fragment'),
  ),
  S3_REGION: checked(
    Type.String({ default: 'us-east-1', description: 'Region of the bucket' }),
    pattern(/^[\w-]{1,63}$/, 'must be the name of a region'),
  ),
  S3_PREFIX: checkedText(
    'Path inside the bucket, without a leading slash',
    rule(isObjectPrefix, 'must be path segments of letters, digits, "-", "_" and "."'),
  ),
  S3_FORCE_PATH_STYLE: Type.Optional(Type.Enum(SWITCH, {
    description: 'on sends the bucket in the path of URLs, off in the host name; by default on with an S3_ENDPOINT',
  })),
  S3_DELIVERY: Type.Enum(['proxy', 'redirect'], {
    default: 'proxy',
    description: 'proxy sends the bytes through the service, redirect sends clients to the store',
  }),
  SMTP_URL: secret(
    'Connection string of the mail server; required in production. Elsewhere emails are stored, not sent, without it',
    pattern(/^smtps?:\/\/./, 'must start with smtp:// or smtps://'),
  ),
  MAIL_FROM: Type.String({ default: 'NormFlix <no-reply@localhost>', description: 'Sender of emails, Name <email>' }),
  PUBLIC_URL: checkedText(
    'Origin of the app that opens the links in emails; by default http://localhost:PORT',
    rule(isOrigin, 'must be an origin such as https://www.example.com'),
  ),
  ACCOUNT_GRACE_DAYS: integer(0, 365, 14, 'Days during which a closed account can be reopened; 0 erases it directly'),
  PLANS_FILE: text('JSON file with the plans that replace basic, standard and premium'),
  AUDIT_DAYS: integer(30, 3_650, 365, 'Retention of audit log entries, days'),
  WEBHOOKS_ALLOW_HTTP: Type.Enum(SWITCH, {
    default: 'off',
    description: 'on lets webhooks use http beside https, for development',
  }),
  WEBHOOKS_ALLOW_PRIVATE_ADDRESSES: Type.Enum(SWITCH, {
    default: 'off',
    description: 'on lets webhooks connect to private and loopback addresses, for intranets',
  }),
  NORMFLIX_URL: text('Origin of the service that npm run demo calls; by default the one on PORT'),
  NORMFLIX_PASSWORD: text('Password for create-admin and reset-password when there is no terminal'),
})

export type EnvironmentValues = Static<typeof EnvironmentVariables>
export type VariableName = keyof EnvironmentValues

export const VARIABLE_NAMES = Object.keys(EnvironmentVariables.properties) as VariableName[]

/** Variables whose value can come from the file that `NAME_FILE` names. */
export const SECRET_NAMES: ReadonlySet<VariableName> = new Set(
  VARIABLE_NAMES.filter((name) => 'isSecret' in EnvironmentVariables.properties[name]),
)

/** Every name that may be set, `NAME_FILE` included. */
export const KNOWN_NAMES: readonly string[] = [...VARIABLE_NAMES, ...[...SECRET_NAMES].map((name) => `${name}_FILE`)]
