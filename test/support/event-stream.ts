// Reads the server-sent events of the change feed.
export interface ServerSentEvent {
  readonly id: string
  readonly items: any[]
  readonly reset: boolean
}

export interface EventStreamReader {
  readonly status: number
  readonly headers: Headers
  /** Reads the next event; null when the server closed the stream. */
  next(): Promise<ServerSentEvent | null>
  /** Reads up to the next event that has an item of the kind, or a reset. */
  nextOfKind(kind: string): Promise<ServerSentEvent>
  /** Reads up to the next comment line. Returns false when the server closed the stream. */
  nextComment(): Promise<boolean>
  close(): void
}

/** Opens an event stream. @param token access token; null for a signed URL */
export async function openEventStream (
  url: string,
  token: string | null,
  headers: Record<string, string> = {},
): Promise<EventStreamReader> {
  const aborted = new AbortController()
  const response = await fetch(url, {
    headers: {
      ...token === null ? {} : { authorization: `Bearer ${token}` },
      accept: 'text/event-stream',
      ...headers,
    },
    signal: aborted.signal,
  })
  const chunks = response.body!.pipeThrough(new TextDecoderStream()).getReader()
  let text = ''

  /** Reads the lines up to the next empty line; null at the end of the stream. */
  async function readBlock (): Promise<string | null> {
    for (;;) {
      const end = text.indexOf('\n\n')
      if (end >= 0) {
        const block = text.slice(0, end)
        text = text.slice(end + 2)
        return block
      }
      const { done, value } = await chunks.read().catch(() => ({ done: true, value: undefined }))
      if (done) return null
      text += value
    }
  }

  async function next (): Promise<ServerSentEvent | null> {
    for (;;) {
      const lines = await readBlock()
      if (lines === null) return null
      const fields = new Map(
        lines.split('\n').map((line) =>
          [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()] as const
        ),
      )
      if (fields.get('event') === 'changes') return { id: fields.get('id')!, ...JSON.parse(fields.get('data')!) }
    }
  }

  return {
    status: response.status,
    headers: response.headers,
    next,
    async nextOfKind (kind) {
      for (;;) {
        const event = await next()
        if (event === null) throw new Error(`The stream ended before an event of kind ${kind}.`)
        if (event.reset || event.items.some((item) => item.kind === kind)) return event
      }
    },
    async nextComment () {
      for (;;) {
        const lines = await readBlock()
        if (lines === null) return false
        if (lines.startsWith(':')) return true
      }
    },
    close () {
      aborted.abort()
    },
  }
}
