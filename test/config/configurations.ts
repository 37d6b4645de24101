// Complete configurations for tests, a folder for files that variables name, and the problems of a configuration.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import t from 'tap'
import { ConfigError, loadConfig } from '../../src/config.js'

export const folder = mkdtempSync(path.join(tmpdir(), 'normflix-config-'))
t.teardown(() => {
  rmSync(folder, { recursive: true, force: true })
})
export const secret = 'q8Zt4Wm1Xc7Rb2Ny6Lk9Pd3Vh5Sj0Gf-'
export const production = {
  NODE_ENV: 'production',
  MONGODB_URI: 'mongodb://db/normflix',
  SIGNING_KEYS: `k1:${secret}`,
  PASSWORD_PEPPER: `${secret}x`,
  SMTP_URL: 'smtps://mail.example.com',
  PUBLIC_URL: 'https://www.example.com',
  DATA_DIR: folder,
}
export const s3 = {
  STORAGE: 's3',
  S3_BUCKET: 'movies',
  S3_ACCESS_KEY_ID: 'AKID',
  S3_SECRET_ACCESS_KEY: 'canary-secret',
}

export function writeFile (name: string, content: string): string {
  const file = path.join(folder, name)
  writeFileSync(file, content)
  return file
}

export function problemsOf (variables: Record<string, string>): Array<{ variable: string, rule: string }> {
  try {
    loadConfig(variables)
    return []
  } catch (error) {
    return error instanceof ConfigError ? [...error.problems] : [{ variable: '?', rule: String(error) }]
  }
}
