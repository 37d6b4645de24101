// The progress of the steps of a master while their programs work.
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { makeFile, skipWithoutFfmpeg } from '../programs.js'
import { startStepApp } from './step-test.js'

const DURATION_S = 16
/** Twice the time between two writes of the progress. */
const STEP_S = 4

t.test('steps show their progress while ffmpeg works', { skip: await skipWithoutFfmpeg() }, async (t) => {
  const folder = t.testdir({})
  const video = `testsrc2=size=160x90:rate=5:duration=${DURATION_S}`
  await makeFile(folder, ['-f', 'lavfi', '-i', video, '-c:v', 'mpeg4', 'master.mkv'])
  const master = readFileSync(path.join(folder, 'master.mkv'))
  const test = await startStepApp(t)
  test.programs.set('readrate-thumbnails', String(DURATION_S / STEP_S))
  // For each of two processes, which take six pictures and two.
  test.programs.set('sleep-pictures', String(STEP_S))
  const { jobId } = await test.addMaster(master)
  const seen: Record<string, number[]> = { thumbnails: [], pictures: [] }
  const encoding = test.encode().then(() => 'ended')
  do {
    for (const { kind, state, progress } of (await test.readJob(jobId)).steps) {
      if (state === 'running' && seen[kind]?.at(-1) !== progress) seen[kind]?.push(progress)
    }
  } while (await Promise.race([encoding, sleep(100)]) !== 'ended')
  for (const [kind, progress] of Object.entries(seen)) {
    t.ok(progress.some((value) => value > 0 && value < 0.9), `${kind}: ${progress.join(', ')}`)
    t.strictSame(progress, progress.toSorted((a, b) => a - b), `${kind} only moves forward`)
  }
  t.ok(seen['pictures']?.some((value) => Math.abs(value - 0.6) < 0.01), 'three quarters of the pictures were judged')
  t.match((await test.readJob(jobId)).steps, [{ state: 'done', progress: 1 }, { state: 'done', progress: 1 }])
})
