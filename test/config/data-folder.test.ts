// DATA_DIR and its secrets: an unusable folder is an error that names the variable, before the start uses it.
import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync } from 'node:fs'
import path from 'node:path'
import t from 'tap'
import { ConfigError, loadConfig } from '../../src/config.js'

const SECRET = 'q8Zt4Wm1Xc7Rb2Ny6Lk9Pd3Vh5Sj0Gf-'
const PRODUCTION = {
  NODE_ENV: 'production',
  MONGODB_URI: 'mongodb://db/normflix',
  SIGNING_KEYS: `k1:${SECRET}`,
  PASSWORD_PEPPER: `${SECRET}x`,
  SMTP_URL: 'smtps://mail.example.com',
  PUBLIC_URL: 'https://www.example.com',
}
const BUCKET = { STORAGE: 's3', S3_BUCKET: 'movies', S3_ACCESS_KEY_ID: 'AKID', S3_SECRET_ACCESS_KEY: 'canary-secret' }

function findProblems (variables: Record<string, string>): ConfigError['problems'] {
  try {
    loadConfig(variables)
    return []
  } catch (error) {
    if (error instanceof ConfigError) return error.problems
    throw error
  }
}

t.test('damaged secrets are an error that states the fix', async (t) => {
  for (const content of ['{"signingKeys":', '{}', 'null', '{"signingKeys":[],"passwordPepper":""}', '']) {
    const dataDir = t.testdir({ 'secrets.json': content })
    t.throws(() => loadConfig({ DATA_DIR: dataDir }), {
      message: /secrets\.json is damaged\. Restore it, or delete it/,
    })
  }
})

t.test('the data folder is checked before it is used, and not created', async (t) => {
  const dataDir = path.join(t.testdir({}), 'a', 'b')
  loadConfig({ ...PRODUCTION, DATA_DIR: dataDir })
  t.notOk(existsSync(path.dirname(dataDir)))
  t.match(findProblems({ DATA_DIR: '/dev/null' }), [{ variable: 'DATA_DIR', rule: /: it is not a folder$/ }])
  const bucket = { ...PRODUCTION, ...BUCKET, DATA_DIR: '/dev/null' }
  t.strictSame(findProblems(bucket), [], 'a service with a bucket does not need it')
})

t.test('the data folder of another user is named', { skip: process.getuid?.() !== 0 && 'needs root' }, async (t) => {
  const dataDir = t.testdir({ media: {}, 'secrets.json': '{}' })
  chmodSync(dataDir, 0o777)
  const check = `
    process.setgid(65534); process.setuid(65534)
    const { findDataFolderProblem } = await import('./dist/src/config/files.js')
    console.log(findDataFolderProblem(${JSON.stringify(dataDir)}))`
  const run = (): string =>
    execFileSync(process.execPath, ['--input-type=module', '-e', check], { encoding: 'utf8' }).trim()
  t.match(run(), /^must name a folder that this process can write: its media cannot be written by the user \S+$/)
  chmodSync(dataDir, 0o755)
  t.match(run(), /: it cannot be written by the user \S+$/)
})
