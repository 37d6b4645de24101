// Types of the parts of s3rver that the tests use; the package has none.
declare module '@20minutes/s3rver' {
  import type { IncomingMessage, Server } from 'node:http'

  export interface Context {
    readonly method: string
    readonly path: string
    readonly query: Record<string, string | undefined>
    readonly req: IncomingMessage
    readonly headers: IncomingMessage['headers']
    status: number
    type: string
    body: string
    respond: boolean
  }
  interface Store {
    getObject(bucket: string, key: string, options: { start?: number, end?: number }): Promise<unknown>
    deleteObject(bucket: string, key: string): Promise<void>
    getMetadata(bucket: string, key: string): Promise<{ etag: string }>
    getResourcePath(bucket: string, key: string | undefined, resource: string): string
  }
  export default class S3rver {
    constructor (
      options: {
        port: number,
        address: string,
        silent: boolean,
        directory: string,
        configureBuckets: Array<{ name: string }>,
      },
    )
    readonly store: Store
    readonly httpServer: Server
    readonly middleware: Array<(context: Context, next: () => Promise<void>) => Promise<void>>
    run (): Promise<{ port: number }>
    close (): Promise<void>
  }
}

declare module '@20minutes/s3rver/lib/signature/v4.js' {
  interface CanonicalRequest {
    readonly uri: string
    readonly querystring: string
  }
  const signatures: { getStringToSign: (request: CanonicalRequest, ...rest: unknown[]) => string }
  export default signatures
}
