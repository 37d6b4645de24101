// The objects that the encoding of masters needs, and the error that ends an attempt.
import type { Config } from '../../config.js'
import type { MediaDeps } from '../deps.js'
import type { Packaging } from '../packaging/packaging.js'
import type { MediaProber } from '../probing/prober.js'
import type { SubtitleReader } from '../sidecar/subtitle-reader.js'
import type { Encoder } from './encoder.js'

export interface EncodingDeps extends MediaDeps {
  readonly config: Pick<Config, 'dataDir' | 'encoding'>
  readonly encoder: Encoder
  readonly prober: MediaProber
  readonly packaging: Packaging
  readonly subtitleReader: SubtitleReader
}

export interface EncodingFailureOptions {
  readonly logTail?: string
  /** Another attempt would fail too. */
  readonly isFinal?: boolean
}

/** An attempt failed. */
export class EncodingFailedError extends Error {
  constructor (
    readonly code: string,
    message: string,
    readonly options: EncodingFailureOptions = {},
  ) {
    super(message)
    this.name = 'EncodingFailedError'
  }
}
