// Calls every operation with a JSON response on the demo, in an order in which each one succeeds, and collects the
// responses. The clock of the service stands still between the steps.
import type { FastifyInstance } from 'fastify'
import path from 'node:path'
import type { Test } from 'tap'
import { writePrograms } from '../media/encoding/programs.js'
import { containerOf } from '../support/app.js'
import type { TestClock } from '../support/clock.js'
import { openDemoService } from '../support/demo-service.js'
import { LOCAL_WEBHOOKS, startReceiver } from '../webhooks/receiver.js'
import {
  logInToDemo,
  operationOf,
  sendExample,
  tokenFor,
  type ExampleRequest,
  type ExampleResponse,
  type ExampleTokens,
} from './example-requests.js'
import { recordAdministration } from './record-administration.js'
import { recordCatalogueEdits } from './record-catalogue-edits.js'
import { recordViewer } from './record-viewer.js'

/** Bodies by operation and status. */
export type Recording = Record<string, Record<string, unknown>>

export interface RecordedDemo {
  readonly app: FastifyInstance
  readonly clock: TestClock
  readonly tokens: ExampleTokens
  /** A URL that accepts webhooks. */
  readonly webhookUrl: string
  /** Sends the example of an operation, with the token that it takes. @throws Error if it fails */
  send(id: string, request?: ExampleRequest): Promise<ExampleResponse>
  /** Sends it, and adds the response to the recording. @returns the body */
  record(id: string, request?: ExampleRequest): Promise<any>
}

export interface RecordingResult {
  readonly recording: Recording
  /** The time of the service at its start. */
  readonly startedAt: Date
  /** The time of the system at the start. */
  readonly recordedFrom: Date
  /** Texts that differ between runs. */
  readonly webhookUrl: string
  readonly origin: string
}

const DAY_MS = 86_400_000
/** Time of the day in UTC. */
const TIME_OF_DAY_MS = (20 * 60 + 15) * 60_000 + 30_000

/** What ffprobe prints about a master. */
const PROBED_MASTER = JSON.stringify({
  streams: [
    { index: 0, codec_type: 'video', codec_name: 'prores', width: 1920, height: 1080, avg_frame_rate: '24/1' },
    { index: 1, codec_type: 'audio', codec_name: 'pcm_s16le', channels: 2, tags: { language: 'eng' } },
  ],
  format: { duration: '60.0' },
})

/**
 * A clock that stands still at the same time of each day. It is ahead of the clock of the database, which would delete
 * what has expired.
 */
function createRecordingClock (): TestClock {
  let nowMs = Math.floor(Date.now() / DAY_MS) * DAY_MS + TIME_OF_DAY_MS
  if (nowMs < Date.now()) nowMs += DAY_MS
  return {
    now: () => new Date(nowMs),
    advance: (ms) => {
      nowMs += ms
    },
  }
}

export async function recordExamples (t: Test): Promise<RecordingResult> {
  const clock = createRecordingClock()
  const startedAt = clock.now()
  const recordedFrom = new Date()
  const programs = writePrograms(path.join(t.testdir({}), 'programs'), `echo '${PROBED_MASTER}'`)
  const variables = { ...LOCAL_WEBHOOKS, FFMPEG_PATH: programs.ffmpegPath, FFPROBE_PATH: programs.ffprobePath }
  const { app, origin } = await openDemoService(t, variables, clock)
  const { packaging } = containerOf(app)
  await packaging.processPending()
  await packaging.onIdle()
  const { url: webhookUrl } = await startReceiver(t)
  const tokens = await logInToDemo(origin)
  const recording: Recording = {}

  async function send (id: string, request: ExampleRequest = {}): Promise<ExampleResponse> {
    const response = await sendExample(origin, id, { token: tokenFor(operationOf(id), tokens), ...request })
    if (response.status < 300) return response
    throw new Error(`${id}: ${response.status} ${JSON.stringify(response.body)}`)
  }

  const demo: RecordedDemo = {
    app,
    clock,
    tokens,
    webhookUrl,
    send,
    async record (id, request) {
      const { status, body } = await send(id, request)
      recording[id] = { ...recording[id], [status]: body }
      return body
    },
  }
  await recordViewer(demo)
  await recordCatalogueEdits(demo)
  await recordAdministration(demo)
  return { recording, startedAt, recordedFrom, webhookUrl, origin }
}
