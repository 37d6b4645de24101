// kill -9 of a service process that encodes a master: its ffmpeg ends, and another process takes the job up again.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { EncodingJob } from '../../models/encoding-job.js'
import { connectDatabase, disconnectDatabase } from '../../src/database/connection.js'
import { findPrograms } from '../../src/media/encoding/find-programs.js'
import { isRunning, makeFile, readPid, skipWithoutFfmpeg, writePrograms } from '../media/encoding/programs.js'
import { createTestDatabase } from '../support/app.js'
import { send, signUpAdminAt, startServer } from '../support/server-process.js'

t.test('kill -9 of an encoding service', { timeout: 200_000, skip: await skipWithoutFfmpeg() }, async (t) => {
  const uri = await createTestDatabase(t)
  const dataDir = mkdtempSync(path.join(tmpdir(), 'normflix-killed-encoding-'))
  t.teardown(() => {
    rmSync(dataDir, { recursive: true, force: true })
  })
  const programs = await findPrograms({ ffmpegPath: null, ffprobePath: null })
  if (!programs.isAvailable) throw new Error(programs.reason)
  // In place of ffmpeg: it never ends, and has a child.
  const bin = path.join(dataDir, 'bin')
  const body = `sleep 600 & echo $! > ${bin}/child.pid; echo $$ > ${bin}/ffmpeg.pid; echo frame=1; wait`
  const { ffmpegPath } = writePrograms(bin, body)
  const ladder = { ENCODING_LADDER: '72:30:100' }
  const killed = await startServer(t, uri, dataDir, {
    ...ladder,
    FFMPEG_PATH: ffmpegPath,
    FFPROBE_PATH: programs.ffprobePath,
  })
  const admin = await signUpAdminAt(killed, uri)
  const movie = (await send(killed, 'POST', '/v1/admin/movies', admin, { title: 'Alien', runtimeMs: 1_000 })).body.id
  await makeFile(dataDir, ['-f', 'lavfi', '-i', 'testsrc=size=128x72:rate=25:duration=1', 'master.mkv'])
  const master = readFileSync(path.join(dataDir, 'master.mkv'))
  const url = `/v1/admin/movies/${movie}/media?role=master`
  const job = await send(killed, 'POST', url, admin, master, { 'content-type': 'video/x-matroska' })
  t.equal(job.status, 202)

  const pids = [await readPid(path.join(bin, 'ffmpeg.pid')), await readPid(path.join(bin, 'child.pid'))]
  t.ok(pids.every(isRunning))
  process.kill(killed.pid, 'SIGKILL')
  while (pids.some(isRunning)) await sleep(50)
  t.pass('ffmpeg and its children ended with the service')

  await connectDatabase(uri)
  t.teardown(disconnectDatabase)
  const { claimedUntil = new Date(0), state } = await EncodingJob.findById(job.body.id).lean() ?? {}
  t.equal(state, 'running')
  t.ok(claimedUntil.getTime() <= Date.now() + 60_000, 'the claim expires within a minute')
  await EncodingJob.updateOne({ _id: job.body.id }, { $set: { claimedUntil: new Date() } })
  const restarted = await startServer(t, uri, dataDir, ladder)
  const read = async () => (await send(restarted, 'GET', `/v1/admin/encoding-jobs/${job.body.id}`, admin)).body
  while (['running', 'waiting'].includes((await read()).state)) await sleep(200)
  t.match(await read(), { state: 'done', attempts: 2, reason: null })
  const { body: shown } = await send(restarted, 'GET', `/v1/movies/${movie}`, admin)
  t.match(shown.mediaFiles, [{ height: 72, masterId: job.body.id }])
})
