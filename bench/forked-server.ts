// A server that is a program of the benchmarks in a process of its own. It ends with this process.
import { fork } from 'node:child_process'
import type { Cleanup } from './cleanup.js'

export interface ForkedServer {
  readonly origin: string
  readonly pid: number | undefined
}

/** @param script sends `{ port }` to its parent when it listens */
export async function forkServer (
  cleanup: Cleanup,
  script: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<ForkedServer> {
  const child = fork(script, args, {
    env: { ...process.env, ...environment },
    execArgv: ['--enable-source-maps'],
    detached: process.platform !== 'win32',
  })
  cleanup.add(() => {
    child.kill()
  })
  const port = await new Promise<number>((resolve, reject) => {
    child.once('message', (message: { port: number }) => {
      resolve(message.port)
    })
    child.once('error', reject)
    child.once('exit', (code) => {
      reject(new Error(`${script} ended with exit code ${code} before it listened.`))
    })
  })
  return { origin: `http://127.0.0.1:${port}`, pid: child.pid }
}
