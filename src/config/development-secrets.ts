// Secrets that a development or test process generates for itself.
import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import type { SigningKey } from './rules.js'

export interface Secrets {
  readonly signingKeys: readonly SigningKey[]
  readonly passwordPepper: string
}

export function generateSecrets (): Secrets {
  const random = (): string => randomBytes(32).toString('base64url')
  return { signingKeys: [{ kid: 'dev', secret: random() }], passwordPepper: random() }
}

/** Reads the secrets of a data folder, generating them the first time: sessions and passwords survive a restart. */
export function loadDevelopmentSecrets (dataDir: string): Secrets {
  const file = path.join(dataDir, 'secrets.json')
  if (existsSync(file)) return readSecrets(file)
  mkdirSync(dataDir, { recursive: true })
  const secrets = generateSecrets()
  try {
    writeFileSync(file, JSON.stringify(secrets, null, 2), { mode: 0o600, flag: 'wx' })
    return secrets
  } catch (error) {
    // Another process wrote the file first: both use its secrets.
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return readSecrets(file)
    throw error
  }
}

/** @throws Error when the file was damaged; a new file would end all sessions and invalidate all passwords */
function readSecrets (file: string): Secrets {
  const secrets = parseSecrets(readFileSync(file, 'utf8'))
  if (secrets !== null) return secrets
  throw new Error(
    `${file} is damaged. Restore it, or delete it: a new one is generated, all sessions end and no password matches.`,
  )
}

function parseSecrets (text: string): Secrets | null {
  try {
    const { signingKeys, passwordPepper } = JSON.parse(text) as Partial<Secrets>
    const isComplete = Array.isArray(signingKeys) && signingKeys.length > 0 && typeof passwordPepper === 'string'
    return isComplete ? { signingKeys, passwordPepper } : null
  } catch {
    return null
  }
}
