// Readers that pass their input through a parser get every error from the parser: this tells those of the input itself.

export interface WatchedInput {
  readonly chunks: AsyncGenerator<Buffer>
  /** What the input failed with; null when it did not. */
  error (): unknown
}

/** @param onChunk may refuse the input by throwing */
export function watchInput (input: AsyncIterable<Buffer>, onChunk: (chunk: Buffer) => void = () => undefined): WatchedInput {
  let failure: unknown = null
  async function * watched (): AsyncGenerator<Buffer> {
    try {
      for await (const chunk of input) {
        onChunk(chunk)
        yield chunk
      }
    } catch (error) {
      failure = error
      throw error
    }
  }
  return { chunks: watched(), error: () => failure }
}
