// Makes recorded responses fit to be stored: the same text after every recording, no secrets, short lists.
import { createHash } from 'node:crypto'
import type { Recording, RecordingResult } from './record-examples.js'

/** The day to which the times of a recording move. */
const STORED_AT = new Date('2026-03-01T20:15:30.000Z')
const STORED_WEBHOOK_URL = 'https://hooks.example.com/normflix'
const STORED_USER_CODE = 'WDJB-MJHT'
/** IDs that the service creates begin with a time in seconds; those of the demo with any number. */
const STORED_ID_PREFIX = Math.floor(STORED_AT.getTime() / 1_000).toString(16)
const DAY_MS = 86_400_000
/** Times of a recording: after the oldest history of the demo, before the last expiry. */
const RECENT_MS = 120 * DAY_MS
const MAX_OBJECTS = 2
const MAX_VALUES = 5
const MAX_TEXT_LENGTH = 400

/** Fields whose whole text is secret, or is signed. */
const SECRET_FIELDS = new Set([
  'refreshToken',
  'refresh_token',
  'deviceToken',
  'device_code',
  'token',
  'secret',
  'cursor',
  'nextCursor',
])
/** They contain data, whose length differs between runs, as tokens in URLs do. */
const SIGNED_FIELDS = new Set(['cursor', 'nextCursor'])
const SIGNED_LENGTH = 43
const ID = /(?<![0-9a-f])[0-9a-f]{24}(?![0-9a-f])/g
/** Places of IDs that are random, or derived from IDs that the service created. */
const RANDOM_ID_PLACE =
  /\/imageId$|^\/(?:(?:list|export)History|\w+Deliver(?:y|ies)|testWebhook)\/\d+\/(?:(?:items|plays)\/\d+\/)?id$/
const UUID = /\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g
const TIME = /\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g
const DATE = /^\d{4}-\d\d-\d\d$/
const URL_TOKEN = /([?&]token=)([^&"]+)/g
const ACCESS_TOKEN = /^eyJ[\w-]+\.[\w-]+\.[\w-]+$/
const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'
const HEXADECIMAL = '0123456789abcdef'

const hash = (text: string): string => createHash('sha256').update(text).digest('hex')

/** Characters that depend only on the place and the length. */
function createCharacters (place: string, length: number, alphabet: string): string {
  return Array.from({ length }, (_, i) => alphabet[parseInt(hash(`${place} ${i}`).slice(0, 8), 16) % alphabet.length])
    .join('')
}

/**
 * Replaces a secret by another text of the same format. The prefixes that name its kind stay.
 * @param length of each part; without it that of the secret
 */
function replaceSecret (secret: string, place: string, length?: number): string {
  const [, prefix = '', rest = ''] = /^((?:nfx_|whsec_|[a-z]\w{0,3}\.)*)(.*)$/.exec(secret) ?? []
  return prefix + rest.replace(/[A-Za-z0-9_+/-]{2,}/g, (part, offset: number) => {
    const alphabet = /^[0-9a-f]+$/.test(part) ? HEXADECIMAL : LETTERS
    const seed = `${place} ${length === undefined ? offset : Math.sign(offset)}`
    return createCharacters(seed, length ?? part.length, alphabet)
  })
}

/** The secrets of a recording. */
export function listSecrets (recording: Recording): string[] {
  const secrets: string[] = []
  JSON.stringify(recording, (name, value: unknown) => {
    if (typeof value !== 'string') return value
    if (SECRET_FIELDS.has(name) || ACCESS_TOKEN.test(value)) secrets.push(value)
    for (const [, , token = ''] of value.matchAll(URL_TOKEN)) secrets.push(token)
    return value
  })
  return secrets
}

export function redactRecording (
  { recording, startedAt, recordedFrom, webhookUrl, origin }: RecordingResult,
): Recording {
  const shiftMs = STORED_AT.getTime() - startedAt.getTime()
  const ids = new Map<string, string>()

  /** An ID that the service created during the recording gets another one, by the place where it occurs first. */
  function replaceId (id: string, place: string): string {
    const createdMs = parseInt(id.slice(0, 8), 16) * 1_000
    const isCreated = Math.abs(createdMs - startedAt.getTime()) <= 2 * DAY_MS || RANDOM_ID_PLACE.test(place)
    if (!isCreated && !ids.has(id)) return id
    const replaced = ids.get(id) ?? STORED_ID_PREFIX + hash(place).slice(0, 16)
    ids.set(id, replaced)
    return replaced
  }

  /** Times of the system's clock have milliseconds: their distance to the start is a number of days. */
  function replaceTime (text: string): string {
    const time = Date.parse(text)
    if (Math.abs(time - startedAt.getTime()) > RECENT_MS) return text
    if ((time - startedAt.getTime()) % 1_000 === 0) return new Date(time + shiftMs).toISOString()
    const days = Math.max(0, Math.round((recordedFrom.getTime() - time) / DAY_MS))
    return new Date(STORED_AT.getTime() - days * DAY_MS).toISOString()
  }

  function replaceDate (text: string): string {
    const time = Date.parse(text)
    const isRecent = Math.abs(time - startedAt.getTime()) <= RECENT_MS
    return isRecent ? new Date(time + shiftMs).toISOString().slice(0, 10) : text
  }

  /** The claims stay, so that a client that decodes the example gets what it expects. */
  function replaceAccessToken (token: string, place: string): string {
    const [header = '', claims = '', signature = ''] = token.split('.')
    const text = Buffer.from(claims, 'base64url').toString().replace(
      /"(iat|exp)":(\d+)/g,
      (_, name: string, seconds: string) => `"${name}":${Number(seconds) + shiftMs / 1_000}`,
    )
    const replaced = Buffer.from(replaceText(text, '', place)).toString('base64url')
    return [header, replaced, createCharacters(place, signature.length, LETTERS)].join('.')
  }

  function replaceText (text: string, name: string, place: string): string {
    if (ACCESS_TOKEN.test(text)) return replaceAccessToken(text, place)
    if (SECRET_FIELDS.has(name)) return replaceSecret(text, place, SIGNED_FIELDS.has(name) ? SIGNED_LENGTH : undefined)
    if (name === 'user_code') return STORED_USER_CODE
    if (DATE.test(text)) return replaceDate(text)
    const shortened = text.length > MAX_TEXT_LENGTH && !text.includes('token=') && !text.startsWith('{')
      ? `${text.slice(0, MAX_TEXT_LENGTH)}…`
      : text
    return shortened
      .replaceAll(webhookUrl, STORED_WEBHOOK_URL)
      .replaceAll(origin, 'http://localhost:3000')
      .replace(/code=[A-Z]{4}-[A-Z]{4}/g, `code=${STORED_USER_CODE}`)
      .replace(URL_TOKEN, (_, start: string, token: string) => start + replaceSecret(token, place, SIGNED_LENGTH))
      .replace(ID, (id) => replaceId(id, place))
      .replace(UUID, () => toUuid(hash(place)))
      .replace(TIME, replaceTime)
  }

  function replaceValue (value: unknown, name: string, place: string): unknown {
    if (typeof value === 'string') return replaceText(value, name, place)
    if (Array.isArray(value)) {
      const max = value.some((one) => typeof one === 'object') ? MAX_OBJECTS : MAX_VALUES
      return value.slice(0, max).map((one, i) => replaceValue(one, name, `${place}/${i}`))
    }
    if (typeof value === 'object' && value !== null) {
      return Object.fromEntries(
        Object.entries(value).map(([key, one]) => [key, replaceValue(one, key, `${place}/${key}`)]),
      )
    }
    // How long the receiver of a webhook took.
    return name === 'durationMs' && place.includes('/lastAttempt/') ? 42 : value
  }

  return replaceValue(recording, '', '') as Recording
}

function toUuid (digits: string): string {
  return digits.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*$/, '$1-$2-4$3-8$4-$5')
}

/** Paths of all fields of a value; items of one list are one path. */
export function listFields (value: unknown, path = ''): string[] {
  if (Array.isArray(value)) return [...new Set(value.flatMap((one) => listFields(one, `${path}[]`)))].sort()
  if (typeof value !== 'object' || value === null) return [path]
  return Object.entries(value).flatMap(([name, one]) => listFields(one, `${path}.${name}`)).sort()
}
