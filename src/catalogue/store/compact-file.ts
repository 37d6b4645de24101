// Media files in a compact form. Files have few different formats: what describes the video, the tracks and the state
// is an object that equal files share. What only delivery and administrators need is packed as text.
import { Types } from 'mongoose'
import type { StoredFailure, StoredHls, StoredMediaFile, StoredPackage } from '../../../models/media.js'
import type { CatalogueFile, CatalogueHls } from './catalogue.js'
import { flattenText, internString, internValue, type InternedValues } from './interning.js'
import { toIdString } from '../../domain/id-strings.js'

/** Shared by all files with the same values. */
type Format = Pick<
  StoredMediaFile,
  | 'state'
  | 'failure'
  | 'contentType'
  | 'audioLanguages'
  | 'audioTracks'
  | 'subtitleLanguages'
  | 'embeddedSubtitles'
  | 'probeVersion'
  | 'width'
  | 'height'
  | 'frameRate'
  | 'videoCodec'
  | 'audioCodec'
  | 'container'
  | 'edition'
  | 'stage'
>

/** Shared by all files with the same values. */
interface HlsState extends Pick<StoredHls, 'state' | 'progress' | 'failure'> {
  readonly hasRetiredPackages: boolean
}

/** ID, prefix, number of audio renditions, bytes, times of creation and retirement in ms since the epoch. */
type PackedPackage = readonly [string, string, number, number | null, number, number | null]

/** Storage key, packed SHA-256, time of creation, ID of the master, time of retirement, packages. */
type PackedDetails = readonly [string, string, number, string | null, number | null, readonly PackedPackage[]]

const NO_PACKAGES: StoredPackage[] = []

/** @param itemId the string that the other files of the item have too */
export function toCatalogueFile (file: StoredMediaFile, itemId: string, interned: InternedValues): CatalogueFile {
  return new CompactFile(file, itemId, interned)
}

/** Its fields are accessors: a copy by spreading lacks them. */
class CompactFile implements CatalogueFile {
  readonly id: string
  readonly itemId: string
  readonly bitrate: number | null
  readonly durationMs: number | null
  readonly sizeBytes: number
  readonly format: Format
  readonly hlsState: HlsState
  /** JSON of PackedDetails. */
  readonly details: string

  constructor (file: StoredMediaFile, itemId: string, interned: InternedValues) {
    this.id = toIdString(file._id)
    this.itemId = itemId
    this.bitrate = file.bitrate
    this.durationMs = file.durationMs
    this.sizeBytes = file.sizeBytes
    this.format = toFormat(file, interned)
    this.hlsState = toHlsState(file.hls, interned)
    this.details = packDetails(file)
  }

  get state (): StoredMediaFile['state'] {
    return this.format.state
  }

  get failure (): StoredFailure | null {
    return this.format.failure
  }

  get contentType (): string {
    return this.format.contentType
  }

  get audioLanguages (): string[] {
    return this.format.audioLanguages
  }

  get audioTracks (): StoredMediaFile['audioTracks'] {
    return this.format.audioTracks
  }

  get subtitleLanguages (): string[] {
    return this.format.subtitleLanguages
  }

  get embeddedSubtitles (): StoredMediaFile['embeddedSubtitles'] {
    return this.format.embeddedSubtitles
  }

  get probeVersion (): number {
    return this.format.probeVersion
  }

  get width (): number | null {
    return this.format.width
  }

  get height (): number | null {
    return this.format.height
  }

  get frameRate (): number | null {
    return this.format.frameRate
  }

  get videoCodec (): string | null {
    return this.format.videoCodec
  }

  get audioCodec (): string | null {
    return this.format.audioCodec
  }

  get container (): string | null {
    return this.format.container
  }

  get edition (): string | null {
    return this.format.edition
  }

  get stage (): StoredMediaFile['stage'] {
    return this.format.stage
  }

  get hls (): CatalogueHls {
    return new CompactHls(this.hlsState, this.details)
  }

  get storageKey (): string {
    return unpackDetails(this.details)[0]
  }

  get sha256 (): string {
    return unpackSha256(unpackDetails(this.details)[1])
  }

  get createdAt (): Date {
    return new Date(unpackDetails(this.details)[2])
  }

  get master (): Types.ObjectId | null {
    const [, , , master] = unpackDetails(this.details)
    return master === null ? null : new Types.ObjectId(master)
  }

  get retiredAt (): Date | null {
    return toDate(unpackDetails(this.details)[4])
  }
}

class CompactHls implements CatalogueHls {
  readonly #state: HlsState
  readonly #details: string

  constructor (state: HlsState, details: string) {
    this.#state = state
    this.#details = details
  }

  get state (): StoredHls['state'] {
    return this.#state.state
  }

  get progress (): number {
    return this.#state.progress
  }

  get failure (): StoredFailure | null {
    return this.#state.failure
  }

  get hasRetiredPackages (): boolean {
    return this.#state.hasRetiredPackages
  }

  get packages (): StoredPackage[] {
    const packages = unpackDetails(this.#details)[5]
    return packages.length === 0 ? NO_PACKAGES : packages.map(toPackage)
  }
}

function toFormat (file: StoredMediaFile, interned: InternedValues): Format {
  return internValue<Format>({
    state: internString(file.state, interned),
    failure: internValue(file.failure, interned),
    contentType: internString(file.contentType, interned),
    audioLanguages: internValue(file.audioLanguages, interned),
    audioTracks: internValue(file.audioTracks, interned),
    subtitleLanguages: internValue(file.subtitleLanguages, interned),
    embeddedSubtitles: internValue(file.embeddedSubtitles, interned),
    probeVersion: file.probeVersion,
    width: file.width,
    height: file.height,
    frameRate: file.frameRate,
    videoCodec: internString(file.videoCodec, interned),
    audioCodec: internString(file.audioCodec, interned),
    container: internString(file.container, interned),
    edition: internString(file.edition, interned),
    stage: internString(file.stage, interned),
  }, interned)
}

function toHlsState ({ state, progress, failure, packages }: StoredHls, interned: InternedValues): HlsState {
  const hasRetiredPackages = packages.some(({ retiredAt }) => retiredAt !== null)
  const hlsState = { state: internString(state, interned), progress, failure, hasRetiredPackages }
  // Interned values are never dropped, and each step of the progress is another one.
  return state === 'processing' && progress > 0 ? hlsState : internValue(hlsState, interned)
}

function packDetails ({ storageKey, sha256, createdAt, master, retiredAt, hls }: StoredMediaFile): string {
  const details: PackedDetails = [
    storageKey,
    packSha256(sha256),
    createdAt.getTime(),
    master?.toString() ?? null,
    retiredAt?.getTime() ?? null,
    hls.packages.map(packPackage),
  ]
  return flattenText(JSON.stringify(details))
}

function packPackage (stored: StoredPackage): PackedPackage {
  const { _id, prefix, audioCount, sizeBytes, createdAt, retiredAt } = stored
  return [_id.toString(), prefix, audioCount, sizeBytes, createdAt.getTime(), retiredAt?.getTime() ?? null]
}

/** Text that is no SHA-256 in hexadecimal stays as it is. */
function packSha256 (text: string): string {
  return /^[0-9a-f]{64}$/.test(text) ? Buffer.from(text, 'hex').toString('base64') : text
}

function unpackSha256 (packed: string): string {
  return packed.length === 44 ? Buffer.from(packed, 'base64').toString('hex') : packed
}

const unpackDetails = (details: string): PackedDetails => JSON.parse(details) as PackedDetails

function toPackage ([id, prefix, audioCount, sizeBytes, createdAt, retiredAt]: PackedPackage): StoredPackage {
  return {
    _id: new Types.ObjectId(id),
    prefix,
    audioCount,
    sizeBytes,
    createdAt: new Date(createdAt),
    retiredAt: toDate(retiredAt),
  }
}

function toDate (time: number | null): Date | null {
  return time === null ? null : new Date(time)
}
