// Generates the OpenAPI document without a database: the container of the app is not opened.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { buildApp } from '../app.js'
import { loadConfig } from '../config.js'
import { buildContainer } from '../container.js'
import { createLog } from '../security/log.js'

/** Returns the OpenAPI document of the app with the default configuration. */
export async function describeApi (): Promise<object> {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'normflix-openapi-'))
  const config = loadConfig({ NODE_ENV: 'test', LOG_LEVEL: 'silent', DATA_DIR: dataDir })
  const app = await buildApp(await buildContainer(config, { log: createLog(config), isEager: false }))
  try {
    return app.swagger()
  } finally {
    await app.close()
    await rm(dataDir, { recursive: true, force: true })
  }
}
