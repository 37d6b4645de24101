// Runs nginx with the configuration in docs/operations.md.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect, createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { isExecutable } from './run-command.js'

export const NO_NGINX = 'nginx is not installed'
const START_TIMEOUT_MS = 5_000

/** Path of nginx; null if it is not installed. In Debian it is not in the PATH of ordinary users. */
export function findNginx (): string | null {
  const folders = [...(process.env['PATH'] ?? '').split(path.delimiter), '/usr/sbin', '/usr/local/sbin']
  return folders.map((folder) => path.join(folder, 'nginx')).find(isExecutable) ?? null
}

export interface Nginx {
  /** Proxy of the service that sends the media files. */
  readonly origin: string
  /** Serves the media folder without access checks. */
  readonly plainOrigin: string
  /** Contains the logs. */
  readonly folder: string
  readonly pid: number | null
  stop(): Promise<void>
}

/** Starts nginx as a proxy of a service, with one worker and a temporary folder. */
export async function startNginx (binary: string, serviceOrigin: string, mediaFolder: string): Promise<Nginx> {
  const folder = mkdtempSync(path.join(tmpdir(), 'normflix-nginx-'))
  const [port, plainPort] = [await findFreePort(), await findFreePort()]
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) =>
    `${name}_temp_path ${folder}/${name};`
  ).join(' ')
  // A worker that is not root cannot read folders below the home of root.
  const user = process.getuid?.() === 0 ? 'user root;' : ''
  writeFileSync(
    path.join(folder, 'nginx.conf'),
    `
    ${user} daemon off; worker_processes 1; pid ${folder}/pid; error_log ${folder}/start.log;
    events {}
    http {
      ${temporary} keepalive_requests 1000000;
      ${documentedServer(folder, port, serviceOrigin, mediaFolder)}
      server { listen 127.0.0.1:${plainPort}; access_log off; sendfile on; tcp_nopush on; root ${mediaFolder}; }
    }`,
  )
  const child = spawn(binary, ['-p', folder, '-e', `${folder}/start.log`, '-c', `${folder}/nginx.conf`], {
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  const ended = once(child, 'exit')
  async function stop (): Promise<void> {
    child.kill('SIGTERM')
    await ended
    rmSync(folder, { recursive: true, force: true })
  }
  const deadline = Date.now() + START_TIMEOUT_MS
  while (!await isListening(port)) {
    if (child.exitCode !== null || Date.now() > deadline) {
      const log = readFileSync(path.join(folder, 'start.log'), 'utf8')
      await stop()
      throw new Error(`nginx did not start: ${log}`)
    }
    await wait(50)
  }
  return {
    origin: `http://127.0.0.1:${port}`,
    plainOrigin: `http://127.0.0.1:${plainPort}`,
    folder,
    pid: child.pid ?? null,
    stop,
  }
}

/** The documented server block with the URLs and folders of the test. */
function documentedServer (folder: string, port: number, serviceOrigin: string, mediaFolder: string): string {
  const documented = /```nginx\n([^]*?)```/.exec(readFileSync(path.resolve('docs', 'operations.md'), 'utf8'))?.[1] ?? ''
  const changes: ReadonlyArray<readonly [string, string]> = [
    ['listen 80;', `listen 127.0.0.1:${port};`],
    ['server 127.0.0.1:3000;', `server ${new URL(serviceOrigin).host};`],
    ['alias /data/media/;', `alias ${mediaFolder}/;`],
  ]
  return changes.reduce((text, [from, to]) => {
    if (!text.includes(from)) throw new Error(`the documented configuration of nginx has no "${from}"`)
    return text.replace(from, to)
  }, documented.replaceAll('/var/log/nginx', folder))
}

async function findFreePort (): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  return port
}

async function isListening (port: number): Promise<boolean> {
  return await new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy()
      resolve(true)
    })
    socket.on('error', () => {
      resolve(false)
    })
  })
}
