// Measures the encoding of a master. First one process serves and encodes (ROLE=all), compared with ffmpeg alone with
// the same settings: players beside it would slow down one of them only. Then a process with ROLE=api serves players,
// without and with a worker (ROLE=worker) that encodes the same master on the same processors.
import { Command } from 'commander'
import { statSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import path from 'node:path'
import { Media, type StoredMedia } from '../models/media.js'
import { findPrograms } from '../src/media/encoding/find-programs.js'
import { mediaFolder } from '../src/storage/open-storage.js'
import type { Cleanup } from './cleanup.js'
import { parsePositiveInteger, runBenchmark, runStep } from './command.js'
import { connectToDatabase, openEnvironment } from './environment.js'
import { encodeByService, encodePlainly, PROGRAMS } from './ingest/encode.js'
import { measureHeartbeats } from './ingest/heartbeats.js'
import { makeMaster } from './ingest/masters.js'
import { createQualityMeter, type QualityMeter } from './ingest/quality.js'
import { formatHeartbeats, formatIngestTargets, formatMib, formatRuns, type NamedRun } from './ingest/report.js'
import { formatTable } from './measurements.js'
import { startService } from './service.js'

interface Options {
  readonly seconds: number
  readonly height: number
  readonly players: number
  readonly calmSeconds: number
  readonly mongodbUri?: string
}

const program = new Command('bench:ingest')
  .description(
    'Measures the encoding of a master by the service, compared with ffmpeg alone with the same settings, and what ' +
      'players notice of a worker that encodes.',
  )
  .option('--seconds <n>', 'duration of the generated master', parsePositiveInteger, 20)
  .option('--height <n>', 'height of the generated master, lines', parsePositiveInteger, 1_080)
  .option('--players <n>', 'players that send a heartbeat each 10 s', parsePositiveInteger, 200)
  .option('--calm-seconds <n>', 'duration of the measurement without a worker', parsePositiveInteger, 60)
  .option('--mongodb-uri <uri>', 'existing MongoDB server; the database is dropped at the end')

/** Size and quality of each rendition, highest first. */
async function measureRenditions (
  meter: QualityMeter,
  itemId: string,
  { master, folder, seconds }: { readonly master: string, readonly folder: string, readonly seconds: number },
  progress: (text: string) => void,
): Promise<string[][]> {
  const { files } = await Media.findById(itemId).lean<StoredMedia>() ?? { files: [] }
  const rows: string[][] = []
  for (const { height, sizeBytes, storageKey } of files.toSorted((a, b) => (b.height ?? 0) - (a.height ?? 0))) {
    const name = `${height ?? '?'}p`
    progress(name)
    const quality = await meter.measure(master, path.join(folder, storageKey))
    rows.push([name, formatMib(sizeBytes / (seconds / 60), 1), quality.toFixed(4)])
  }
  return rows
}

async function measure (cleanup: Cleanup, options: Options): Promise<void> {
  const { seconds, height } = options
  const programs = await findPrograms(PROGRAMS)
  if (!programs.isAvailable) throw new Error(programs.reason)
  const { ffmpegPath } = programs
  const { dataDir: folder, database } = await openEnvironment(cleanup, options.mongodbUri ?? null)
  await connectToDatabase(cleanup, database)
  const master = path.join(folder, 'master.mkv')
  await runStep('Make the master', async () => {
    await makeMaster(ffmpegPath, master, options)
  })
  const plainFolder = path.join(folder, 'plain')
  await mkdir(plainFolder)
  const plain = await runStep('ffmpeg alone', async () => await encodePlainly(master, plainFolder))
  const dataDir = path.join(folder, 'service')
  const encode = async (name: string, lowestFirst: 'on' | 'off'): Promise<NamedRun> =>
    await runStep(`The service, ${name}`, async () => {
      const service = await startService(cleanup, database.uri, dataDir, { LOWEST_RENDITION_FIRST: lowestFirst })
      const run = await encodeByService(service, master, plain.plan)
      await service.stop()
      return { ...run, name }
    })
  const runs = {
    atOnce: await encode('all at once', 'off'),
    lowestFirst: await encode('lowest first', 'on'),
  }
  const heartbeats = await measureHeartbeats(cleanup, {
    databaseUri: database.uri,
    dataDir,
    ffmpegPath,
    master,
    players: options.players,
    calmSeconds: options.calmSeconds,
  })
  const meter = await createQualityMeter(ffmpegPath)
  const rows = await runStep(
    meter.name,
    async (progress) =>
      await measureRenditions(meter, runs.atOnce.itemId, { master, folder: mediaFolder(dataDir), seconds }, progress),
  )
  console.log([
    `Node ${process.versions.node}, ffmpeg ${programs.version}, ${availableParallelism()} processors, ` +
    `master of ${seconds} s, ${height} lines, ${formatMib(statSync(master).size, 1)} MiB.`,
    '',
    formatRuns(seconds, plain, runs),
    '',
    formatHeartbeats(heartbeats),
    '',
    formatTable(['rendition', 'MiB per film minute', meter.name], rows),
    '',
    ...formatIngestTargets(plain, runs, heartbeats),
  ].join('\n'))
}

await runBenchmark(program, measure)
