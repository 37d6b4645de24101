// Silence and black frames at the bounds of common audio, as ffmpeg prints them.
import t from 'tap'
import { findPauses, moveBound, refineCredits, refineIntro } from '../../../src/media/markers/refine-bounds.js'
import type { ComparedEpisode } from '../../../src/media/markers/season-files.js'

const EPISODE = { file: { storageKey: 'film.mp4' }, track: 1, durationMs: 100_000 } as unknown as ComparedEpisode

/** An encoder whose runs print the given logs, one after the other. */
function createDeps (...logs: readonly string[]) {
  const runs: string[] = []
  return {
    runs,
    deps: {
      storage: { locate: async (key: string) => `/media/${key}` },
      encoder: {
        async encode (args: readonly string[]) {
          runs.push(args.join(' '))
          return { ok: true, output: '', logTail: logs[runs.length - 1] ?? '' }
        },
      },
    } as unknown as Parameters<typeof refineIntro>[0],
  }
}

const { signal } = new AbortController()
const refine = async (...logs: readonly string[]) =>
  await refineIntro(createDeps(...logs).deps, EPISODE, { startMs: 10_000, endMs: 40_000 }, '/tmp', signal)

t.test('pauses are read from the log of ffmpeg', async (t) => {
  const log = '[silencedetect @ 0x1] silence_start: -0.01\n[silencedetect @ 0x1] silence_end: 1.25 | ' +
    'silence_duration: 1.26\n[blackdetect @ 0x1] black_start:2.4 black_end:3 black_duration:0.6\n' +
    'black_start:5 black_end:6'
  t.strictSame(findPauses(log, 'silence', 1_000), { starts: [990], ends: [2_250] })
  t.strictSame(findPauses(log, 'black', 0), { starts: [2_400, 5_000], ends: [3_000, 6_000] })
  t.strictSame(findPauses('', 'black', 0), { starts: [], ends: [] })
})

t.test('a bound moves to the nearest time of the first list that has one within a second', async (t) => {
  t.equal(moveBound(5_000, [[4_100, 5_800], [5_001]]), 5_800)
  t.equal(moveBound(5_000, [[4_000], []]), 4_000)
  t.equal(moveBound(5_000, [[3_999, 6_001], [5_400]]), 5_400)
  t.equal(moveBound(5_000, [[3_999, 6_001], []]), 5_000)
})

t.test('an intro starts when the silence before it ends, and ends when the silence after it starts', async (t) => {
  // The searched parts start 1.5 s before the bounds.
  const silence = 'silence_start: 0.9\nsilence_end: 1.8 | silence_duration: 0.9'
  t.strictSame(await refine(silence, silence), { startMs: 10_300, endMs: 39_400 })
  const black = 'black_start:0.9 black_end:1.8 black_duration:0.9'
  t.strictSame(await refine(black, black), { startMs: 10_300, endMs: 39_400 }, 'without silence')
  t.strictSame(await refine(`${black}\nsilence_end: 1.1`), { startMs: 9_600, endMs: 40_000 }, 'silence comes first')
  const continued = 'silence_start: 0\nsilence_end: 3 | silence_duration: 3'
  t.strictSame(await refine(continued, continued), { startMs: 10_000, endMs: 40_000 }, 'a part without a bound')
})

t.test('the audio that was compared is searched, inside the file', async (t) => {
  const { deps, runs } = createDeps()
  await refineIntro(deps, EPISODE, { startMs: 400, endMs: 99_500 }, '/tmp', signal)
  t.match(runs[0], /^-ss 0\.000 -t 1\.900 .*file:\/media\/film\.mp4 -map 0:a:1 -af silencedetect/)
  t.match(runs[1], /^-ss 98\.000 -t 2\.000 /)
})

t.test('credits start with the nearest black frames', async (t) => {
  const { deps } = createDeps('black_start:1 black_end:1.2\nblack_start:5.5 black_end:6', '')
  t.equal(await refineCredits(deps, EPISODE, 70_000, '/tmp', signal), 69_500)
  t.equal(await refineCredits(deps, EPISODE, 70_000, '/tmp', signal), 70_000)
})
