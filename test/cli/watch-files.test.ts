// The watch of folders, by a clock of the test: when files are complete, and what a later change replaces.
import { appendFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import t, { type Test } from 'tap'
import { watchFiles } from '../../src/cli/watch-files.js'
import type { FoundFile } from '../../src/transfer/ingest/find-files.js'
import type { IngestResult } from '../../src/transfer/ingest/ingest-file.js'

interface Ingested {
  readonly atSeconds: number
  readonly sizeBytes: number
  readonly replaces: string | null
}

const START = new Date('2026-12-01T20:00:00Z').getTime()

/** Watches a folder for a time, in which actions change the film in it. */
async function watch (
  t: Test,
  actions: Readonly<Record<number, (film: string) => void>>,
  { untilSeconds, statuses = [] }: { readonly untilSeconds: number, readonly statuses?: IngestResult['status'][] },
): Promise<{ readonly ingested: Ingested[], readonly reported: string[] }> {
  const folder = t.testdir({})
  const film = path.join(folder, 'Metropolis.ts')
  const controller = new AbortController()
  const ingested: Ingested[] = []
  const reported: string[] = []
  let seconds = -1
  function advance (toSeconds: number): void {
    while (seconds < toSeconds) {
      seconds++
      actions[seconds]?.(film)
      if (actions[seconds] !== undefined) setModified(film, seconds)
    }
    if (seconds >= untilSeconds) controller.abort()
  }
  advance(0)
  await watchFiles({
    paths: [folder],
    signal: controller.signal,
    clock: {
      now: () => seconds * 1_000,
      sleep: async (ms) => {
        advance(seconds + ms / 1_000)
        return await Promise.resolve()
      },
    },
    ingest: async (files) => {
      const results = files.map((file): IngestResult => {
        const status = statuses[ingested.length] ?? 'ingested'
        ingested.push({ atSeconds: seconds, sizeBytes: file.sizeBytes, replaces: file.storedAs?.id ?? null })
        return resultOf(file, status, `master ${ingested.length}`)
      })
      return await Promise.resolve(results)
    },
    report (results) {
      reported.push(...results.map(({ status }) => status))
    },
  })
  return { ingested, reported }
}

function setModified (film: string, seconds: number): void {
  const at = new Date(START + seconds * 1_000)
  try {
    utimesSync(film, at, at)
  } catch {
    // The action removed it.
  }
}

function resultOf (file: FoundFile, status: IngestResult['status'], id: string): IngestResult {
  return {
    file,
    status,
    reason: null,
    target: null,
    role: 'master',
    ...status === 'ingested' && { storedAs: { role: 'master', id } },
    recognised: {
      kind: 'video',
      names: [],
      imdb: null,
      tmdb: null,
      season: null,
      episodes: [],
      isAcrossSeasons: false,
      airDate: null,
      edition: null,
      language: null,
      subtitleKind: 'full',
    },
  }
}

const write = (text: string) => (film: string): void => {
  writeFileSync(film, text)
}
const append = (text: string) => (film: string): void => {
  appendFileSync(film, text)
}

t.test('a file is ingested when it has not changed for 30 s', async (t) => {
  const { ingested } = await watch(t, { 0: write('film') }, { untilSeconds: 120 })
  t.strictSame(ingested, [{ atSeconds: 30, sizeBytes: 4, replaces: null }])
})

t.test('a copy that pauses for 16 s is ingested once, when it is complete', async (t) => {
  const { ingested } = await watch(t, { 0: write('half'), 16: append('half') }, { untilSeconds: 120 })
  t.strictSame(ingested, [{ atSeconds: 50, sizeBytes: 8, replaces: null }])
})

t.test('a copy of the same size whose time changes is not complete', async (t) => {
  const { ingested } = await watch(t, { 0: write('aaaa'), 20: write('bbbb') }, { untilSeconds: 120 })
  t.strictSame(ingested, [{ atSeconds: 50, sizeBytes: 4, replaces: null }])
})

t.test('a file that grows after a longer pause replaces what it was stored as', async (t) => {
  const { ingested, reported } = await watch(t, {
    0: write('one'),
    60: append('two'),
    120: append('three'),
  }, { untilSeconds: 300 })
  t.strictSame(ingested, [
    { atSeconds: 30, sizeBytes: 3, replaces: null },
    { atSeconds: 90, sizeBytes: 6, replaces: 'master 1' },
    { atSeconds: 150, sizeBytes: 11, replaces: 'master 2' },
  ])
  t.strictSame(reported, ['ingested', 'ingested', 'ingested'], 'each replacement is reported')
})

t.test('a version that is rejected does not end what the next one replaces', async (t) => {
  const { ingested } = await watch(t, {
    0: write('one'),
    60: write('damaged'),
    120: write('complete'),
  }, { untilSeconds: 300, statuses: ['ingested', 'rejected'] })
  t.strictSame(ingested.map(({ replaces }) => replaces), [null, 'master 1', 'master 1'])
})

t.test('another file at the path of a removed one replaces nothing', async (t) => {
  const { ingested } = await watch(t, {
    0: write('one'),
    60: (film) => {
      rmSync(film)
    },
    90: write('another'),
  }, { untilSeconds: 300 })
  t.strictSame(ingested.map(({ replaces }) => replaces), [null, null])
})
