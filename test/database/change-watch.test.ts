import mongoose, { Types } from 'mongoose'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { createChangeWatch, type OpenableChangeWatch } from '../../src/database/change-watch.js'
import { connectDatabase, disconnectDatabase } from '../../src/database/connection.js'
import { createTestDatabase } from '../support/app.js'
import { observeCommands } from '../support/database-commands.js'

const warnings: string[] = []
/** Requests for changes. */
let requests = 0
let clockMs: () => number = Date.now
const watch = createChangeWatch({
  warn: (_details, message) => {
    warnings.push(message)
  },
}, () => clockMs())

t.before(async () => {
  observeCommands(t, ({ commandName, command }) => {
    if (commandName === 'getMore' && command.collection === '$cmd.aggregate') requests++
  })
  await connectDatabase(await createTestDatabase(t))
  await watch.open()
})

t.after(async () => {
  await watch.close()
  await mongoose.connection.dropDatabase()
  await disconnectDatabase()
})

async function waitFor (isTrue: () => boolean): Promise<void> {
  for (let i = 0; i < 250 && !isTrue(); i++) await sleep(20)
}

t.test('one watch reports changes of titles, media, collections and streams, caches first', async (t) => {
  const calls: string[] = []
  const ids = new Map<string, string>()
  const removers = (['titles', 'media', 'collections', 'streams'] as const).map((name) => {
    const remove = watch.afterChange(name, (id) => {
      calls.push(`feed ${name} ${id}`)
    })
    watch.onChange(name, (id) => {
      calls.push(`cache ${name} ${id}`)
    })
    ids.set(name, new Types.ObjectId().toString())
    return remove
  })
  for (const [name, id] of ids) await mongoose.connection.collection(name).insertOne({ _id: new Types.ObjectId(id) })
  await waitFor(() => calls.length >= 8)
  t.strictSame(calls, [...ids].flatMap(([name, id]) => [`cache ${name} ${id}`, `feed ${name} ${id}`]))
  for (const remove of removers) remove()
  calls.length = 0
  await mongoose.connection.collection('titles').deleteMany({})
  await waitFor(() => calls.length > 0)
  t.strictSame(calls, [`cache titles ${ids.get('titles')}`])
})

t.test('changes that follow closely arrive in few responses, each once and in order', async (t) => {
  const received: Array<string | null> = []
  const remove = watch.afterChange('streams', (id) => {
    received.push(id)
  })
  requests = 0
  const startedAt = performance.now()
  const ids = Array.from({ length: 200 }, () => new Types.ObjectId())
  for (const _id of ids) await mongoose.connection.collection('streams').insertOne({ _id })
  await waitFor(() => received.length >= ids.length)
  const elapsedMs = performance.now() - startedAt
  remove()
  t.strictSame(received, ids.map(String))
  t.ok(requests > 0 && requests <= 3 + elapsedMs / 20, `${requests} requests in ${Math.round(elapsedMs)} ms`)
  t.comment(`${requests} requests in ${Math.round(elapsedMs)} ms`)
})

t.test('a change of a collection itself is reported as a change of any document', async (t) => {
  const ids: Array<string | null> = []
  watch.onChange('media', (id) => {
    ids.push(id)
  })
  await mongoose.connection.collection('media').drop()
  await waitFor(() => ids.includes(null))
  t.ok(ids.includes(null))
  await watch.untilOpen()
  t.ok(watch.isCurrent())
})

/** Writes to a followed collection each 20 ms. @returns a function that stops it */
function startWriting (): () => Promise<void> {
  const stopped = new AbortController()
  const writing = (async () => {
    while (!stopped.signal.aborted) {
      await mongoose.connection.collection('titles').insertOne({})
      await sleep(20)
    }
  })()
  return async () => {
    stopped.abort()
    await writing
  }
}

/** Counts how often everything that is cached is removed. */
function countClearings (): () => number {
  let clearings = 0
  watch.onChange('sessions', (id) => {
    if (id === null) clearings++
  })
  return () => clearings
}

t.test('a watch that receives only old changes is not current until it has received all', async (t) => {
  const clearings = countClearings()
  await sleep(1_500)
  t.ok(watch.isCurrent())
  clockMs = () => Date.now() + 10_000
  const stopWriting = startWriting()
  await waitFor(() => !watch.isCurrent())
  t.notOk(watch.isCurrent(), 'the changes arrive ten seconds late')
  t.equal(clearings(), 0)
  await stopWriting()
  await waitFor(() => watch.isCurrent())
  t.ok(watch.isCurrent(), 'no change is waiting')
  t.equal(clearings(), 1, 'what was cached before is removed once')
})

t.test('changes that arrive three seconds late keep a watch current', async (t) => {
  const clearings = countClearings()
  await waitFor(() => watch.isCurrent())
  clockMs = () => Date.now() + 3_000
  const stopWriting = startWriting()
  t.teardown(stopWriting)
  const states = new Set<boolean>()
  for (let i = 0; i < 60; i++) {
    await sleep(100)
    states.add(watch.isCurrent())
  }
  t.strictSame([...states], [true], 'at each time in six seconds')
  t.equal(clearings(), 0)
})

t.test('a watch that was behind keeps what is cached when it has received all changes', async (t) => {
  const clearings = countClearings()
  clockMs = () => Date.now() + 10_000
  const stopWriting = startWriting()
  t.teardown(stopWriting)
  await waitFor(() => !watch.isCurrent())
  t.notOk(watch.isCurrent(), 'the changes arrive ten seconds late')
  clockMs = Date.now
  await waitFor(() => watch.isCurrent())
  t.ok(watch.isCurrent(), 'the changes arrive at once')
  t.equal(clearings(), 0, 'each change has removed what it concerns')
})

t.test('changes arrive while all other connections are in use', async (t) => {
  const uri = `mongodb://${mongoose.connection.host}:${mongoose.connection.port}/${mongoose.connection.name}`
  const writer = await mongoose.createConnection(uri, { directConnection: true }).asPromise()
  const stopped = new AbortController()
  // Each of these holds a connection for a second at a time.
  const waits = Array.from({ length: 150 }, async () => {
    const stream = mongoose.connection.collection('unfollowed').watch([], { maxAwaitTimeMS: 1_000 })
    while (!stopped.signal.aborted) await stream.tryNext()
    await stream.close()
  })
  const received = new Map<string | null, number>()
  const remove = watch.afterChange('titles', (id) => {
    received.set(id, performance.now())
  })
  await sleep(3_000)
  for (let i = 0; i < 3; i++) {
    const _id = new Types.ObjectId()
    const writtenAt = performance.now()
    await writer.collection('titles').insertOne({ _id })
    await waitFor(() => received.has(_id.toString()))
    const delayMs = (received.get(_id.toString()) ?? Infinity) - writtenAt
    t.ok(delayMs < 1_000, `${Math.round(delayMs)} ms`)
    await sleep(300)
  }
  stopped.abort()
  remove()
  await Promise.all(waits)
  await writer.close()
})

t.test('a watch that is closed while it opens a lost stream again ends', async (t) => {
  let closing: Promise<void> | null = null
  let isLost = false
  const warn = (): void => {
    isLost = true
  }
  const closed: OpenableChangeWatch = createChangeWatch({ warn }, () => {
    // The clock is read after the server has answered, and before the stream opens.
    if (isLost) closing ??= closed.close()
    return Date.now()
  })
  await closed.open()
  await mongoose.connection.dropDatabase()
  await waitFor(() => closing !== null)
  t.ok(closing, 'the watch was closed while it opened the stream')
  const ended = await Promise.race([closing!.then(() => true), sleep(10_000, false, { ref: false })])
  t.equal(ended, true)
})
