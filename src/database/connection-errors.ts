// Errors of the first connection to the database, described for operators: where, why, and what to do.
import mongoose from 'mongoose'

const { MongoClient } = mongoose.mongo

const AUTHENTICATION_FAILED = 18
const UNAUTHORIZED = 13
/** Code of Atlas. */
const AUTHENTICATION_FAILED_ATLAS = 8000

/** The database cannot be used. The message is a line without credentials. */
export class DatabaseConnectionError extends Error {
  constructor (uri: string, reason: string, options?: ErrorOptions) {
    super(`The database${describeHosts(uri)} cannot be used: ${reason} (MONGODB_URI).`, options)
    this.name = 'DatabaseConnectionError'
  }
}

export function toConnectionError (uri: string, error: unknown): DatabaseConnectionError {
  return new DatabaseConnectionError(uri, describeReason(error), { cause: error })
}

function describeReason (error: unknown): string {
  const { name = '', message = '', code } = error as { name?: string, message?: string, code?: unknown }
  if (code === AUTHENTICATION_FAILED || code === AUTHENTICATION_FAILED_ATLAS) {
    return 'it rejects the user name or the password; correct the connection string'
  }
  if (code === UNAUTHORIZED) return 'it requires a user name and a password with access to this database'
  if (/Parse|InvalidArgument|MissingCredentials|MongoAPI/.test(name)) {
    return `the connection string is invalid: ${redactCredentials(message)}`
  }
  if (/\b(querySrv|queryTxt)\b/.test(message)) return `its SRV record is not found (${message}); correct the host name`
  return `${describeNetworkError(error)}; start it, or correct the connection string`
}

/** The error of a server says more than that of the selection, which only says that no server is suitable. */
function describeNetworkError (error: unknown): string {
  const { reason, message = '' } = error as { reason?: { servers?: unknown }, message?: string }
  const servers = reason?.servers instanceof Map
    ? [...reason.servers.values() as Iterable<{ error?: Error | null }>]
    : []
  const text = servers.map((server) => server.error?.message).find((one) => one !== undefined) ?? message
  if (/ECONNREFUSED/.test(text)) return 'nothing listens there (ECONNREFUSED)'
  if (/ENOTFOUND|EAI_AGAIN/.test(text)) return `its host name is not found (${/E[A-Z_]+/.exec(text)?.[0] ?? ''})`
  if (/timed out|ETIMEDOUT|<monitor>/i.test(text)) return 'it does not respond in time'
  return redactCredentials(text.split('\n')[0] ?? '')
}

function redactCredentials (text: string): string {
  return text.replace(/\/\/[^\s]*@/g, '//…@').replace(/(unescaped characters).*/, '$1')
}

/** ` at HOST:PORT`; empty when the connection string cannot be parsed, because a part of it could be a password. */
function describeHosts (uri: string): string {
  try {
    const { options } = new MongoClient(uri)
    const hosts = options.srvHost === undefined ? options.hosts.map(String) : [options.srvHost]
    return ` at ${hosts.join(', ')}`
  } catch {
    return ''
  }
}
