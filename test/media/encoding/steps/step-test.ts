// Masters whose steps fail, wait or never end, for tests.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import type { Test } from 'tap'
import { Media, type StoredMedia } from '../../../../models/media.js'
import { findPrograms } from '../../../../src/media/encoding/find-programs.js'
import { containerOf } from '../../../support/app.js'
import { addMovie } from '../../../support/catalogue.js'
import { encodeMasters, startEncodingApp, uploadMaster, type EncodingApp } from '../encoding-app.js'
import { makeFile, writePrograms } from '../programs.js'

/** The step that an ffmpeg works for, by its output. */
const KIND_OF_ARGUMENTS = `case "$*" in
  *thumbnails.jpg*) kind=image;;
  *thumbnails.nut*) kind=thumbnails;;
  *picture-0.jpg*) kind=pictures;;
  *original.mp4*) kind=original;;
  *) kind=encoding;;
esac`

export interface StepPrograms {
  readonly ffmpegPath: string
  readonly ffprobePath: string
  /**
   * `fail-KIND` prints its text and fails; `block-KIND` waits until it is unset; `sleep-KIND` delays it by this
   * number of seconds; `readrate-KIND` limits its reading to this multiple of the playback speed.
   */
  set(name: string, text?: string): void
  unset(name: string): void
  /** Kinds of the programs that started, in their order. */
  started(): string[]
}

/** Writes programs in place of ffmpeg that log the step they work for. */
export async function writeStepPrograms (folder: string): Promise<StepPrograms> {
  const programs = await findPrograms({ ffmpegPath: null, ffprobePath: null })
  if (!programs.isAvailable) throw new Error(programs.reason)
  const fileOf = (name: string): string => path.join(folder, name)
  const { ffmpegPath } = writePrograms(
    folder,
    `${KIND_OF_ARGUMENTS}
echo $kind >> ${fileOf('started')}
echo $$ > ${fileOf('pid')}-$kind
while [ -e ${fileOf('block')}-$kind ]; do sleep 0.1; done
if [ -e ${fileOf('fail')}-$kind ]; then cat ${fileOf('fail')}-$kind >&2; exit 1; fi
if [ -e ${fileOf('sleep')}-$kind ]; then sleep $(cat ${fileOf('sleep')}-$kind); fi
if [ -e ${fileOf('readrate')}-$kind ]; then exec ${programs.ffmpegPath} -readrate $(cat ${
      fileOf('readrate')
    }-$kind) "$@"; fi
exec ${programs.ffmpegPath} "$@"`,
  )
  return {
    ffmpegPath,
    ffprobePath: programs.ffprobePath,
    set (name, text = 'cannot do it') {
      writeFileSync(fileOf(name), text)
    },
    unset (name) {
      rmSync(fileOf(name), { force: true })
    },
    started: () => existsSync(fileOf('started')) ? readFileSync(fileOf('started'), 'utf8').trim().split('\n') : [],
  }
}

/** A master that has each step: HEVC with a German text for the hard of hearing. @param hue of its colours, degrees */
export async function makeMasterWithSteps (folder: string, name: string, hue = 0): Promise<Buffer> {
  writeFileSync(path.join(folder, 'text.srt'), '1\n00:00:00,500 --> 00:00:02,000\nGuten Tag.\n')
  await makeFile(folder, [
    ...['-f', 'lavfi', '-i', `testsrc2=size=320x180:rate=10:duration=4`, '-i', 'text.srt'],
    ...[
      '-vf',
      `hue=h=${hue}`,
      '-map',
      '0',
      '-map',
      '1',
      '-c:v',
      'libx265',
      '-preset',
      'ultrafast',
      '-x265-params',
      'log-level=none',
    ],
    ...['-pix_fmt', 'yuv420p', '-c:s', 'srt', '-metadata:s:s:0', 'language=ger'],
    ...['-disposition:s:0', 'hearing_impaired', name],
  ])
  return readFileSync(path.join(folder, name))
}

export interface StepApp extends EncodingApp {
  readonly programs: StepPrograms
  addMaster(body: Buffer, movie?: string, query?: string): Promise<{ readonly movie: string, readonly jobId: string }>
  readJob(jobId: string): Promise<any>
  readStep(jobId: string, kind: string): Promise<any>
  /** Advances the clock, then runs the jobs and steps that are due. */
  encode(minutes?: number): Promise<void>
}

/** Starts an app with programs of its own. */
export async function startStepApp (t: Test): Promise<StepApp> {
  const programs = await writeStepPrograms(t.testdir({}))
  const app = await startEncodingApp(t, {
    ENCODING_LADDER: '90:30:100',
    FFMPEG_PATH: programs.ffmpegPath,
    FFPROBE_PATH: programs.ffprobePath,
  })
  const readJob = async (jobId: string): Promise<any> => (await app.admin.get(`/v1/admin/encoding-jobs/${jobId}`)).body
  return {
    ...app,
    programs,
    async addMaster (body, movie, query = '') {
      const id = movie ?? await addMovie(app.app, app.admin, {}, [])
      const { status, body: job } = await uploadMaster(app, id, body, query)
      t.equal(status, 202)
      return { movie: id, jobId: job.id }
    },
    readJob,
    readStep: async (jobId, kind) => (await readJob(jobId)).steps.find((step: any) => step.kind === kind),
    async encode (minutes = 0) {
      app.clock.advance(minutes * 60_000)
      await encodeMasters(app)
    },
  }
}

export const findMedia = async (movie: string): Promise<StoredMedia | null> =>
  await Media.findById(movie).lean<StoredMedia>()

/** Names of the scratch folders of attempts. */
export function listScratch ({ config }: StepApp): string[] {
  const root = path.join(config.dataDir, 'encoding')
  mkdirSync(root, { recursive: true })
  return readdirSync(root)
}

/** Keys of the stored objects of a movie. */
export async function listKeys (test: StepApp, movie: string): Promise<string[]> {
  const keys: string[] = []
  for await (const { key } of containerOf(test.app).storage.list()) if (key.includes(movie)) keys.push(key)
  return keys
}
