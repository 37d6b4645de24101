import bcrypt from 'bcryptjs'
import { setImmediate as nextTurn } from 'node:timers/promises'
import fc from 'fast-check'
import t from 'tap'
import { DomainError } from '../../src/errors.js'
import {
  createPasswordHasher,
  type PasswordHasher,
  type PasswordHasherOptions,
} from '../../src/security/password-hashing.js'

type TapTest = Pick<typeof t, 'teardown'>

const PEPPER = 'Wd4Bz9Yc3Jf6Gp1AHq2mVx8Lr5Ks0Tn7'

function openHasher (t: TapTest, options: Partial<PasswordHasherOptions> = {}): PasswordHasher {
  const hasher = createPasswordHasher({ pepper: PEPPER, cost: 4, ...options })
  t.teardown(async () => {
    await hasher.close()
  })
  return hasher
}

t.test('any text matches its own hash in every normal form, and no other hash', async (t) => {
  const hasher = openHasher(t)
  const text = fc.string({ unit: 'binary', maxLength: 128 })
  await fc.assert(
    fc.asyncProperty(text, text, async (password, other) => {
      const hash = await hasher.hash(password)
      t.ok(await hasher.verify(password.normalize('NFD'), hash))
      if (other.normalize('NFKC') !== password.normalize('NFKC')) t.notOk(await hasher.verify(other, hash))
    }),
    { numRuns: 60 },
  )
})

t.test('passwords that differ only after 72 bytes are different', async (t) => {
  const hasher = openHasher(t)
  const prefix = fc.string({ unit: 'binary-ascii', minLength: 72, maxLength: 100 })
  await fc.assert(
    fc.asyncProperty(
      prefix,
      fc.stringMatching(/^\w{1,20}$/),
      fc.stringMatching(/^\w{1,20}$/),
      async (start, one, other) => {
        fc.pre(one !== other)
        return !await hasher.verify(start + other, await hasher.hash(start + one))
      },
    ),
    { numRuns: 40 },
  )
  t.ok(
    bcrypt.compareSync('x'.repeat(72) + 'one', bcrypt.hashSync('x'.repeat(72) + 'other', 4)),
    'bcrypt alone treats them as equal',
  )
})

t.test('a NUL does not terminate a password', async (t) => {
  const hasher = openHasher(t)
  t.notOk(await hasher.verify('lantern\0owl', await hasher.hash('lantern\0fox')))
})

t.test('equal PINs have different hashes', async (t) => {
  const hasher = openHasher(t)
  const [one, other] = [await hasher.hash('0417'), await hasher.hash('0417')]
  t.match(one, /^\$2b\$04\$.{53}$/)
  t.not(one, other)
  t.ok(await hasher.verify('0417', other))
  t.notOk(await hasher.verify('417', other))
})

t.test('a hash does not verify without the pepper', async (t) => {
  const hash = await openHasher(t).hash('lantern owl seven')
  t.notOk(await openHasher(t, { pepper: `${PEPPER}x` }).verify('lantern owl seven', hash))
})

t.test('a malformed hash verifies no password', async (t) => {
  const hasher = openHasher(t)
  for (const hash of ['', 'none', '$2b$04$']) t.notOk(await hasher.verify('lantern owl seven', hash))
})

t.test('only a hash of a lower cost needs a new one', async (t) => {
  const hash = await openHasher(t, { cost: 5 }).hash('lantern owl seven')
  t.strictSame([4, 5, 6].map((cost) => openHasher(t, { cost }).needsRehash(hash)), [false, false, true])
})

t.test('the dummy hash takes as long as a real one, from the first call on', async (t) => {
  const hasher = openHasher(t, { cost: 9, threads: 1 })
  const hash = await hasher.hash('lantern owl seven')
  const times: Record<'known' | 'unknown', number[]> = { known: [], unknown: [] }
  for (let round = 0; round < 21; round++) {
    for (const who of ['unknown', 'known'] as const) {
      const started = performance.now()
      const isRight = who === 'known' ? await hasher.verify('wrong', hash) : await hasher.verifyDummyHash('wrong')
      times[who].push(performance.now() - started)
      t.equal(isRight, false)
    }
  }
  const [first] = times.unknown
  // The fastest of each, because other load only adds to a time.
  const [known, unknown] = [Math.min(...times.known), Math.min(...times.unknown)]
  t.comment(`known ${known.toFixed(1)} ms, unknown ${unknown.toFixed(1)} ms, the first unknown ${first!.toFixed(1)} ms`)
  t.ok(Math.abs(unknown / known - 1) < 0.3, 'within 30%')
})

/** Counts turns of the event loop, at least 5 ms apart, while work runs. */
async function turnsDuring (work: () => unknown): Promise<{ turns: number, ms: number, longest: number }> {
  let turns = 0
  let longest = 0
  const started = performance.now()
  let last = started
  const tick = (): void => {
    const now = performance.now()
    turns++
    longest = Math.max(longest, now - last)
    last = now
  }
  const timer = setInterval(tick, 5)
  await work()
  await nextTurn()
  tick()
  clearInterval(timer)
  return { turns, ms: performance.now() - started, longest }
}

t.test('the event loop keeps running while passwords are hashed', async (t) => {
  const hasher = openHasher(t)
  const slow = openHasher(t, { cost: 11 })
  await Promise.all([hasher.hash('warm'), slow.hash('warm')])
  const onThreads = await turnsDuring(async () =>
    await Promise.all(Array.from({ length: 6 }, async () => await slow.hash('lantern owl seven')))
  )
  const onEventLoop = await turnsDuring(async () =>
    await Promise.all(Array.from({ length: 6 }, async () => await bcrypt.hash('lantern owl seven', 11)))
  )
  const rate = ({ turns, ms }: { turns: number, ms: number }): number => turns / (ms / 5)
  for (const [where, run] of Object.entries({ onThreads, onEventLoop })) {
    const percentage = (100 * rate(run)).toFixed(0)
    t.comment(
      `${where}: ${run.ms.toFixed(0)} ms, ${percentage}% of the turns, longest pause ${run.longest.toFixed(0)} ms`,
    )
  }
  t.ok(rate(onThreads) > 0.3, 'most turns happen')
  t.ok(onThreads.longest < onEventLoop.longest, 'no pause is as long as with bcryptjs on the event loop')
})

t.test('a full queue rejects further tasks and accepts new ones later', async (t) => {
  const hasher = openHasher(t, { cost: 8, threads: 1, maxQueued: 3 })
  for (const state of ['cold', 'warm']) {
    const results = await Promise.allSettled(
      Array.from({ length: 20 }, async () => await hasher.hash('lantern owl seven')),
    )
    const rejections = results.flatMap((result) => result.status === 'rejected' ? [result.reason as unknown] : [])
    t.equal(rejections.length, 16, `${state}: one runs, three wait`)
    for (const rejection of rejections) {
      t.ok(rejection instanceof DomainError)
      t.match(rejection, { status: 503, code: 'busy', headers: { 'retry-after': '2' } })
    }
  }
  t.ok(await hasher.verify('0417', await hasher.hash('0417')))
})

t.test('verification is limited too, with a real hash and with the dummy hash', async (t) => {
  const hasher = openHasher(t, { cost: 8, threads: 1, maxQueued: 1 })
  const hash = await hasher.hash('lantern owl seven')
  const work = [
    () => hasher.verify('x', hash),
    () => hasher.verifyDummyHash('x'),
    () => hasher.verify('x', hash),
    () => hasher.verifyDummyHash('x'),
  ]
  const results = await Promise.allSettled(work.map(async (verify) => await verify()))
  t.strictSame(results.map((result) => result.status), ['fulfilled', 'fulfilled', 'rejected', 'rejected'])
})

t.test('closing finishes running and queued tasks', async (t) => {
  const hasher = createPasswordHasher({ pepper: PEPPER, cost: 6, threads: 2 })
  const hashes = Promise.all(Array.from({ length: 10 }, async (_, at) => await hasher.hash(`lantern ${at}`)))
  await hasher.close()
  t.equal((await hashes).length, 10)
  await t.rejects(hasher.hash('lantern'), { status: 503, code: 'busy' }, 'no further task is accepted')
})

t.test('a task whose place was taken before the close is rejected after it', async (t) => {
  const hasher = createPasswordHasher({ pepper: PEPPER, cost: 4 })
  await t.rejects(
    hasher.withPlace(async (place) => {
      await hasher.close()
      return await hasher.hash('lantern', place)
    }),
    { status: 503, code: 'busy' },
  )
})
