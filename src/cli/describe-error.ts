// Describes an error that ends the process, in lines for the person who started it.
import { inspect } from 'node:util'
import { ConfigError } from '../config.js'
import { DomainError } from '../errors.js'

/** Errors of the system while the service starts to listen. */
const LISTEN_ERRORS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'Another program uses this port; select another one with PORT=3001 npm start.',
  EACCES: 'This user may not use the port; select one above 1023 with PORT.',
  EADDRNOTAVAIL: 'HOST is not an IP address of this machine.',
  ENOTFOUND: 'HOST is a name that is not found.',
}

/** Errors of the system about a file. */
const FILE_ERRORS: Readonly<Record<string, string>> = {
  EACCES: 'is not accessible for this user',
  EPERM: 'is not accessible for this user',
  EROFS: 'is on a read-only file system',
  ENOSPC: 'cannot be written: the disk is full',
  ENOENT: 'does not exist',
  ENOTDIR: 'is below a file, not a folder',
  EISDIR: 'is a folder, not a file',
}

/** An unexpected error keeps its stack: the cause cannot be found without it. */
export function describeError (error: unknown): string {
  if (error instanceof ConfigError) return `The configuration is invalid:\n  ${error.message.replaceAll('\n', '\n  ')}`
  if (error instanceof DomainError) return error.detail
  if (!(error instanceof Error)) return String(error)
  return describeSystemError(error) ?? (isProgrammingError(error) ? inspect(error) : error.message)
}

function describeSystemError (error: NodeJS.ErrnoException): string | null {
  const { code = '', syscall, path: file, message } = error
  if (code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND') {
    return `${message}\nDevelopment needs the packages for development: run npm ci, or set NODE_ENV=production.`
  }
  const listenError = syscall === 'listen' || syscall === 'getaddrinfo' ? LISTEN_ERRORS[code] : undefined
  if (listenError !== undefined) return `The service cannot listen on ${describeEndpoint(error)}. ${listenError}`
  const fileError = file === undefined ? undefined : FILE_ERRORS[code]
  return fileError === undefined ? null : `${file ?? ''} ${fileError} (${code}).`
}

function describeEndpoint (error: NodeJS.ErrnoException): string {
  const { address, hostname, port } = error as { address?: string, hostname?: string, port?: number }
  return [address ?? hostname, port].filter((part) => part !== undefined).join(':')
}

function isProgrammingError (error: Error): boolean {
  return error instanceof TypeError || error instanceof ReferenceError || error instanceof RangeError
}
