// Plans an ingest: what each file is, to which movie or episode it belongs, and what would be done with it.
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { open, readFile } from 'node:fs/promises'
import path from 'node:path'
import { Types } from 'mongoose'
import { EncodingJob, type StoredEncodingJob } from '../../../models/encoding-job.js'
import { Media, type StoredMedia } from '../../../models/media.js'
import type { TitleItem } from '../../editing/find-item.js'
import { DomainError } from '../../errors.js'
import type { EncoderStatus } from '../../media/encoding/find-programs.js'
import { readMasterInfo } from '../../media/encoding/master-info.js'
import type { MasterDeps } from '../../media/encoding/masters.js'
import { findSubtitle, type NewSubtitle, type SidecarDeps } from '../../media/sidecar/sidecar-files.js'
import { MAX_SUBTITLE_BYTES } from '../../media/sidecar/subtitle-reader.js'
import type { MediaFileDeps } from '../../media/upload/media-files.js'
import { HEAD_BYTES, sniffContainer } from '../../media/upload/sniff-container.js'
import type { FoundFile } from './find-files.js'
import { createItemFinder, describeEpisodes, findItemOf, requireTitle } from './match-item.js'
import { recogniseFile, type RecognisedFile } from './recognise-name.js'

export type IngestDeps = MediaFileDeps & MasterDeps & SidecarDeps

/**
 * - `new`: will be ingested
 * - `unchanged`: was ingested before
 * - `unmatched`, `ambiguous`: belongs to no title, or perhaps to several
 * - `rejected`: cannot be used
 * - `ignored`: is no media file, or an extra such as a trailer
 */
export type PlanStatus = 'new' | 'unchanged' | 'unmatched' | 'ambiguous' | 'rejected' | 'ignored'

export interface PlannedFile {
  readonly file: FoundFile
  readonly recognised: RecognisedFile
  readonly status: PlanStatus
  /** Sentence for the operator; null when there is nothing to say. */
  readonly reason: string | null
  /** Null: no item was found. */
  readonly target: TitleItem | null
  /** What the file is stored as. */
  readonly role: 'master' | 'media' | 'subtitle' | null
}

export interface IngestOptions {
  /** All files belong to this title; null: the names decide. */
  readonly titleId: string | null
  /** A new master replaces the one that the item has; false: it is rejected. */
  readonly replacesMasters: boolean
  readonly signal: AbortSignal
}

/**
 * Plans the ingest of files. Changes nothing.
 * @throws Error when there is no title with the ID
 */
export async function planIngest (
  deps: IngestDeps,
  files: readonly FoundFile[],
  options: IngestOptions,
): Promise<PlannedFile[]> {
  const { titleId, signal } = options
  const recognised = files.map((file) => ({ file, recognised: recogniseFile(file.relativePath) }))
  const title = titleId === null ? null : requireTitle(deps.catalogue, titleId)
  const findItem = title === null
    ? await createItemFinder(deps.catalogue, recognised.map((one) => one.recognised))
    : (one: RecognisedFile) => findItemOf(title, one)
  const encoder = await deps.encoder.status()
  const planned: PlannedFile[] = []
  for (const one of recognised) {
    if (signal.aborted) break
    const { kind } = one.recognised
    const plan = (status: PlanStatus, reason: string | null = null): PlannedFile => ({
      ...one,
      status,
      reason,
      target: null,
      role: null,
    })
    if (kind === 'other') planned.push(plan(one.file.isNamed ? 'rejected' : 'ignored', NOT_MEDIA))
    else if (kind === 'extra') planned.push(plan('ignored', 'The name is that of a trailer, sample or extra.'))
    else if (kind === 'audio') planned.push(plan('rejected', AUDIO_ONLY))
    else if (kind === 'picture-subtitle') planned.push(plan('rejected', PICTURES))
    else {
      const match = findItem(one.recognised)
      if (match.status === 'found') {
        const target = { title: match.title, item: match.item }
        const matched = { ...plan('new', describeEpisodes(target, one.recognised)), target }
        planned.push(await planFile(deps, encoder, matched, options))
      } else planned.push(plan(match.status, match.reason))
    }
  }
  return encoder.isAvailable ? rejectRivals(planned) : planned
}

const NOT_MEDIA = 'It is neither a video nor a subtitle file.'
const AUDIO_ONLY = 'It is an audio file. A master needs a video track: add the audio to the video file as a track.'
const PICTURES = 'Its subtitles are pictures, which cannot be converted to text. Use SubRip, WebVTT or ASS.'

type MatchedFile = PlannedFile & { readonly target: TitleItem }

async function planFile (
  deps: IngestDeps,
  encoder: EncoderStatus,
  planned: MatchedFile,
  options: IngestOptions,
): Promise<PlannedFile> {
  if (planned.recognised.kind === 'subtitle') return await planSubtitle(deps, planned)
  return await planVideo(deps, encoder, planned, options)
}

async function planSubtitle (deps: IngestDeps, planned: MatchedFile): Promise<PlannedFile> {
  const file: PlannedFile = { ...planned, role: 'subtitle' }
  if (planned.recognised.language === null) {
    return { ...file, status: 'rejected', reason: 'The name states no language, such as in Movie.de.srt.' }
  }
  try {
    const subtitle = await readSubtitle(planned)
    const { webVtt } = await deps.subtitleReader.readSubtitle(subtitle)
    const existing = await findSubtitle(planned.target.item, { ...subtitle, webVtt })
    return { ...file, status: existing === null ? 'new' : 'unchanged' }
  } catch (error) {
    if (!(error instanceof DomainError)) throw error
    return { ...file, status: 'rejected', reason: error.detail }
  }
}

/** @throws DomainError 413 `upload-too-large` */
export async function readSubtitle ({ file, recognised }: PlannedFile): Promise<NewSubtitle> {
  if (file.sizeBytes > MAX_SUBTITLE_BYTES) {
    throw new DomainError(413, 'upload-too-large', 'Too large', `It has more than ${MAX_SUBTITLE_BYTES} bytes.`)
  }
  return {
    bytes: await readFile(file.path),
    format: /\.vtt$/i.test(file.path) ? 'vtt' : 'srt',
    language: recognised.language ?? '',
    charset: null,
    kind: recognised.subtitleKind,
  }
}

async function planVideo (
  deps: IngestDeps,
  encoder: EncoderStatus,
  planned: MatchedFile,
  { replacesMasters, signal }: IngestOptions,
): Promise<PlannedFile> {
  const { file, target: { item }, recognised: { edition } } = planned
  const video: PlannedFile = { ...planned, role: encoder.isAvailable ? 'master' : 'media' }
  const [media, [master = null]] = await Promise.all([
    Media.findById(item.id).lean<StoredMedia>(),
    // The newest: one that replaces another exists beside it until it is encoded.
    EncodingJob.find({ item: new Types.ObjectId(item.id), edition }).sort({ _id: -1 }).limit(1)
      .lean<StoredEncodingJob[]>(),
  ])
  const sameSize = [...media?.files ?? [], ...master === null ? [] : [master]]
    .filter((stored) => stored.sizeBytes === file.sizeBytes && stored.edition === edition)
  if (sameSize.length > 0) {
    const sha256 = await hashFile(file.path, signal)
    if (sameSize.some((stored) => stored.sha256 === sha256)) return { ...video, status: 'unchanged' }
  }
  if (file.sizeBytes > deps.config.maxUploadBytes) {
    return { ...video, status: 'rejected', reason: `It has more than ${deps.config.maxUploadBytes} bytes.` }
  }
  if (!encoder.isAvailable) {
    if (await isPlayable(file.path)) return video
    return { ...video, status: 'rejected', reason: `Only ffmpeg can read this format. ${encoder.reason}` }
  }
  if (master !== null && !replacesMasters && !await isEarlierVersion(master, file, signal)) {
    return { ...video, status: 'rejected', reason: 'The item has another master of this edition; see --replace.' }
  }
  const probed = await deps.encoder.probe(path.resolve(file.path), signal)
  const info = readMasterInfo(probed.ok ? probed.output : '')
  if (!info.ok) return { ...video, status: 'rejected', reason: info.reason }
  if (master === null) return video
  const reasons = [video.reason, 'It replaces the master of this edition.']
  return { ...video, reason: reasons.filter((reason) => reason !== null).join(' ') }
}

/** True for the master that the file became before it changed, and for one that is the beginning of the file. */
async function isEarlierVersion (
  { _id, sizeBytes, sha256 }: StoredEncodingJob,
  file: FoundFile,
  signal: AbortSignal,
): Promise<boolean> {
  if (file.storedAs?.id === _id.toString()) return true
  return sizeBytes < file.sizeBytes && await hashFile(file.path, signal, sizeBytes) === sha256
}

/** @param bytes to hash from the beginning; all by default */
async function hashFile (file: string, signal: AbortSignal, bytes = Infinity): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(file, { signal, end: bytes - 1 }) as AsyncIterable<Buffer>) {
    hash.update(chunk)
  }
  return hash.digest('hex')
}

async function isPlayable (file: string): Promise<boolean> {
  const handle = await open(file)
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0)
    return sniffContainer(buffer.subarray(0, bytesRead)) !== null
  } finally {
    await handle.close()
  }
}

/** An item has one master for each edition: of several files, none is selected. */
function rejectRivals (planned: readonly PlannedFile[]): PlannedFile[] {
  const keyOfMaster = ({ role, target, recognised }: PlannedFile): string | null =>
    role === 'master' && target !== null ? `${target.item.id} ${recognised.edition ?? ''}` : null
  return planned.map((one) => {
    const key = keyOfMaster(one)
    const rivals = key === null ? [] : planned.filter((other) => other !== one && keyOfMaster(other) === key)
    const [rival] = rivals.filter(({ status }) => status === 'new' || status === 'unchanged')
    if (rival === undefined || one.status !== 'new') return one
    const reason = `${rival.file.path} belongs to the same item and edition, which has one master.`
    return { ...one, status: 'ambiguous', reason }
  })
}
