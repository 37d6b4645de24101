// The local storage adapter: the common contract, and cases that only a file system has.
import { execFileSync } from 'node:child_process'
import { mkdir, readdir, symlink, writeFile, readFile, link } from 'node:fs/promises'
import path from 'node:path'
import { buffer } from 'node:stream/consumers'
import t from 'tap'
import { openLocalStorage } from '../../src/storage/local-storage.js'
import { ObjectNotFoundError } from '../../src/storage/storage.js'
import { storeObject, testStorageContract } from './storage-contract.js'

testStorageContract(t, async (t) => await openLocalStorage(path.join(t.testdir({}), 'root')))

t.test('a symbolic link to a file outside the root is not followed, and its removal keeps the target', async (t) => {
  const dir = t.testdir({ root: {}, outside: { secret: 'secret' } })
  const storage = await openLocalStorage(path.join(dir, 'root'))
  await symlink(path.join(dir, 'outside/secret'), path.join(dir, 'root/movie'))
  t.equal(await storage.stat('movie'), null)
  await t.rejects(storage.open('movie'), ObjectNotFoundError)
  await t.rejects(storage.locate('movie'), ObjectNotFoundError)
  await storage.remove('movie')
  t.equal(await readFile(path.join(dir, 'outside/secret'), 'utf8'), 'secret')
})

t.test('a symbolic link among the folders is not followed by reads, writes and removals', async (t) => {
  const dir = t.testdir({ root: { real: {} }, outside: { secret: 'secret' } })
  const storage = await openLocalStorage(path.join(dir, 'root'))
  await symlink(path.join(dir, 'outside'), path.join(dir, 'root/movies'))
  await symlink(path.join(dir, 'root/real'), path.join(dir, 'root/inside'))
  await symlink('..', path.join(dir, 'root/real/up'))
  for (const key of ['movies/secret', 'movies/deep/er/secret', 'inside/secret', 'real/up/up/outside/secret']) {
    t.equal(await storage.stat(key), null)
    await t.rejects(storage.open(key), ObjectNotFoundError)
    await t.rejects(storage.create(key), ObjectNotFoundError)
    await storage.remove(key)
  }
  t.same(await readdir(path.join(dir, 'outside')), ['secret'])
  t.same(await readdir(path.join(dir, 'root/.incoming')), [])
})

t.test('a symbolic link created during an upload does not receive the bytes', async (t) => {
  const dir = t.testdir({ root: {}, outside: {} })
  const storage = await openLocalStorage(path.join(dir, 'root'))
  const writer = await storage.create('movies/alien.mp4')
  writer.stream.end('bytes')
  await symlink(path.join(dir, 'outside'), path.join(dir, 'root/movies'))
  await t.rejects(writer.commit(), ObjectNotFoundError)
  t.same(await readdir(path.join(dir, 'outside')), [])
  t.same(await readdir(path.join(dir, 'root/.incoming')), [])
})

t.test('a sibling folder whose name starts with the name of the root is not accessible', async (t) => {
  const dir = t.testdir({ root: {}, 'root-evil': { secret: 'secret' } })
  const storage = await openLocalStorage(path.join(dir, 'root'))
  for (const key of ['../root-evil/secret', '-evil/secret', 'root-evil/secret']) {
    t.equal(await storage.stat(key).catch(() => null), null)
    await t.rejects(storage.open(key))
  }
})

t.test('the root may be a symbolic link', async (t) => {
  const dir = t.testdir({ real: {} })
  await symlink(path.join(dir, 'real'), path.join(dir, 'alias'))
  const storage = await openLocalStorage(path.join(dir, 'alias'))
  await storeObject(storage, 'a/b', Buffer.from('x'))
  t.equal((await buffer(await storage.open('a/b'))).toString(), 'x')
})

t.test('folders and pipes are not objects, and opening a pipe does not block', {
  skip: process.platform === 'win32',
}, async (t) => {
  const dir = t.testdir({ root: { folder: {} } })
  const storage = await openLocalStorage(path.join(dir, 'root'))
  execFileSync('mkfifo', [path.join(dir, 'root/pipe')])
  for (const key of ['folder', 'pipe']) {
    t.equal(await storage.stat(key), null)
    await t.rejects(storage.open(key), ObjectNotFoundError)
  }
})

t.test('removing the last object removes its folders; other folders stay', async (t) => {
  const dir = t.testdir({ root: {} })
  const storage = await openLocalStorage(path.join(dir, 'root'))
  await storeObject(storage, 'shows/firefly/1', Buffer.from('x'))
  await storeObject(storage, 'shows/chernobyl/1', Buffer.from('x'))
  await storage.remove('shows/firefly/1')
  t.same(await readdir(path.join(dir, 'root/shows')), ['chernobyl'])
  await storage.remove('shows/chernobyl/1')
  t.same(await readdir(path.join(dir, 'root')), ['.incoming'])
})

t.test('stale files of a killed process are removed once they are old enough', async (t) => {
  const dir = t.testdir({ root: { '.incoming': { stale: 'half a movie' }, movie: 'whole' } })
  const storage = await openLocalStorage(path.join(dir, 'root'))
  t.equal(await storage.removeStale(3_600_000), 0)
  t.equal(await storage.removeStale(0), 1)
  t.same((await readdir(path.join(dir, 'root'))).sort(), ['.incoming', 'movie'])
  t.same(await readdir(path.join(dir, 'root/.incoming')), [])
})

t.test('the commit fails and leaves nothing if a folder has the path of the object', async (t) => {
  const dir = t.testdir({ root: {} })
  const storage = await openLocalStorage(path.join(dir, 'root'))
  await mkdir(path.join(dir, 'root/a/b'), { recursive: true })
  await writeFile(path.join(dir, 'other'), '')
  await link(path.join(dir, 'other'), path.join(dir, 'root/a/b/c'))
  await t.rejects(storeObject(storage, 'a/b', Buffer.from('x')))
  t.same(await readdir(path.join(dir, 'root/.incoming')), [])
})
