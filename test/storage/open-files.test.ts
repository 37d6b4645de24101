import { mkdtempSync, writeFileSync } from 'node:fs'
import { open as openHandle } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { createOpenFiles, KEEP_OPEN_MS, type OpenedFile } from '../../src/storage/open-files.js'

/** Counts the files that are opened and closed. */
function countFiles () {
  const folder = mkdtempSync(path.join(tmpdir(), 'normflix-open-files-'))
  const counts = { opened: 0, closed: 0 }
  const write = (key: string, text: string): void => {
    writeFileSync(path.join(folder, key), text)
  }
  const files = createOpenFiles(async (key): Promise<OpenedFile> => {
    counts.opened++
    const handle = await openHandle(path.join(folder, key))
    const close = handle.close.bind(handle)
    handle.close = async () => {
      counts.closed++
      await close()
    }
    return { handle, sizeBytes: (await handle.stat()).size }
  })
  return { files, counts, write }
}

const textOf = async ({ handle, sizeBytes }: OpenedFile): Promise<string> =>
  (await handle.read(Buffer.alloc(sizeBytes), 0, sizeBytes, 0)).buffer.toString()

t.test('a file is opened once for uses that follow each other, and closed a moment later', async (t) => {
  const { files, counts, write } = countFiles()
  write('clip', 'first')
  const [one, other] = await Promise.all([files.use('clip'), files.use('clip')])
  t.strictSame(await Promise.all([textOf(one), textOf(other)]), ['first', 'first'])
  await one.release()
  await other.release()
  await (await files.use('clip')).release()
  t.strictSame(counts, { opened: 1, closed: 0 })
  await sleep(KEEP_OPEN_MS + 200)
  t.strictSame(counts, { opened: 1, closed: 1 }, 'nothing holds it any more')
  await (await files.use('clip')).release()
  t.equal(counts.opened, 2)
})

t.test('a use outlasts the time that a file stays open', async (t) => {
  const { files, counts, write } = countFiles()
  write('clip', 'first')
  const use = await files.use('clip')
  await sleep(KEEP_OPEN_MS + 200)
  t.equal(await textOf(use), 'first')
  t.equal(counts.closed, 0)
  await use.release()
  t.equal(counts.closed, 1)
})

t.test('a file that has changed is opened again', async (t) => {
  const { files, counts, write } = countFiles()
  write('clip', 'first')
  const before = await files.use('clip')
  files.forget('clip')
  files.forget('clip')
  files.forget('other')
  const after = await files.use('clip')
  t.equal(counts.opened, 2)
  await before.release()
  t.equal(counts.closed, 1, 'the old one is closed after its last use')
  t.equal(await textOf(after), 'first')
  await after.release()
})

t.test('a file that cannot be opened rejects each use, and is tried again', async (t) => {
  const { files, counts, write } = countFiles()
  const results = await Promise.allSettled([files.use('clip'), files.use('clip')])
  t.strictSame(results.map(({ status }) => status), ['rejected', 'rejected'])
  t.equal(counts.opened, 1)
  write('clip', 'late')
  const use = await files.use('clip')
  t.equal(await textOf(use), 'late')
  await use.release()
})

t.test('the number of files that stay open is limited', async (t) => {
  const { files, counts, write } = countFiles()
  for (let i = 0; i < 300; i++) {
    write(`clip-${i}`, 'x')
    await (await files.use(`clip-${i}`)).release()
  }
  // Each takes less than a moment.
  t.ok(counts.opened - counts.closed <= 256, `${counts.opened - counts.closed} of ${counts.opened} are open`)
  t.ok(counts.closed >= 44)
})
