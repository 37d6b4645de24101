// Reads server-sent events as a client does.
export interface ReadEvent {
  readonly id: string
  readonly items: any[]
  readonly reset: boolean
}

export interface EventReader {
  readonly status: number
  readonly headers: Headers
  /** The next event; null when the server ended the stream. */
  next(): Promise<ReadEvent | null>
  /** The next event that tells of something, of a kind. */
  until(kind: string): Promise<ReadEvent>
  /** Waits for a line that says nothing. */
  comment(): Promise<boolean>
  close(): void
}

export async function openEvents (
  url: string,
  token: string,
  headers: Record<string, string> = {},
): Promise<EventReader> {
  const aborted = new AbortController()
  const response = await fetch(url, {
    headers: { authorization: `Bearer ${token}`, accept: 'text/event-stream', ...headers },
    signal: aborted.signal,
  })
  const chunks = response.body!.pipeThrough(new TextDecoderStream()).getReader()
  let text = ''

  /** One block of lines; null at the end. */
  async function block (): Promise<string | null> {
    for (;;) {
      const end = text.indexOf('\n\n')
      if (end >= 0) {
        const found = text.slice(0, end)
        text = text.slice(end + 2)
        return found
      }
      const { done, value } = await chunks.read().catch(() => ({ done: true, value: undefined }))
      if (done) return null
      text += value
    }
  }

  async function next (): Promise<ReadEvent | null> {
    for (;;) {
      const lines = await block()
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
    async until (kind) {
      for (;;) {
        const event = await next()
        if (event === null) throw new Error(`the stream ended before it told of ${kind}`)
        if (event.reset || event.items.some((item) => item.kind === kind)) return event
      }
    },
    async comment () {
      for (;;) {
        const lines = await block()
        if (lines === null) return false
        if (lines.startsWith(':')) return true
      }
    },
    close () {
      aborted.abort()
    },
  }
}
