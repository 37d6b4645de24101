// Parses server-sent events (text/event-stream of the HTML standard).

export interface ServerSentEvent {
  readonly event: string
  readonly data: string
  /** ID of this event, or of the last one with an ID; null: there was none. */
  readonly id: string | null
}

export interface EventParser {
  /** Returns the events that the text completes. */
  parse(text: string): ServerSentEvent[]
  /** The delay before a reconnection that the service asks for, ms; null: none. */
  readonly retryMs: number | null
}

export function createEventParser (): EventParser {
  let rest = ''
  let event = ''
  let data: string[] = []
  let id: string | null = null
  let retryMs: number | null = null

  function readField (line: string): void {
    const [, name, value = ''] = /^([^:]*)(?:: ?(.*))?$/s.exec(line) ?? []
    if (name === 'event') event = value
    else if (name === 'data') data.push(value)
    else if (name === 'id' && !value.includes('\0')) id = value
    else if (name === 'retry' && /^\d+$/.test(value)) retryMs = Number(value)
  }

  function completeEvent (): ServerSentEvent[] {
    const completed = data.length === 0 ? [] : [{ event: event === '' ? 'message' : event, data: data.join('\n'), id }]
    event = ''
    data = []
    return completed
  }

  return {
    get retryMs () {
      return retryMs
    },
    parse (text) {
      // A CR at the end can be the first half of a line end.
      const lines = (rest + text).split(/\r\n|\n|\r(?!$)/)
      rest = lines.pop() ?? ''
      return lines.flatMap((line) => {
        if (line === '') return completeEvent()
        readField(line)
        return []
      })
    },
  }
}
