// The local adapter: the common contract, and what only a folder can get wrong.
import { execFileSync } from 'node:child_process'
import { mkdir, readdir, symlink, writeFile, readFile, link } from 'node:fs/promises'
import path from 'node:path'
import { buffer } from 'node:stream/consumers'
import t from 'tap'
import { openLocalStorage } from '../../src/storage/local-storage.js'
import { ObjectNotFoundError } from '../../src/storage/storage.js'
import { store, testStorageContract } from './storage-contract.js'

testStorageContract(t, async (t) => await openLocalStorage(path.join(t.testdir({}), 'root')))

t.test('a planted link to a file outside is neither read nor described, and removing it spares its target', async (t) => {
  const dir = t.testdir({ root: {}, outside: { secret: 'secret' } })
  const storage = await openLocalStorage(path.join(dir, 'root'))
  await symlink(path.join(dir, 'outside/secret'), path.join(dir, 'root/film'))
  t.equal(await storage.stat('film'), null)
  await t.rejects(storage.open('film'), ObjectNotFoundError)
  await t.rejects(storage.locate('film'), ObjectNotFoundError)
  await storage.remove('film')
  t.equal(await readFile(path.join(dir, 'outside/secret'), 'utf8'), 'secret')
})

t.test('a planted link among the folders leads nowhere, for reading, writing and removing', async (t) => {
  const dir = t.testdir({ root: { real: {} }, outside: { secret: 'secret' } })
  const storage = await openLocalStorage(path.join(dir, 'root'))
  await symlink(path.join(dir, 'outside'), path.join(dir, 'root/films'))
  await symlink(path.join(dir, 'root/real'), path.join(dir, 'root/inside'))
  await symlink('..', path.join(dir, 'root/real/up'))
  for (const key of ['films/secret', 'films/deep/er/secret', 'inside/secret', 'real/up/up/outside/secret']) {
    t.equal(await storage.stat(key), null)
    await t.rejects(storage.open(key), ObjectNotFoundError)
    await t.rejects(storage.create(key), ObjectNotFoundError)
    await storage.remove(key)
  }
  t.same(await readdir(path.join(dir, 'outside')), ['secret'])
  t.same(await readdir(path.join(dir, 'root/.incoming')), [])
})

t.test('a link planted while an upload is under way does not get the bytes', async (t) => {
  const dir = t.testdir({ root: {}, outside: {} })
  const storage = await openLocalStorage(path.join(dir, 'root'))
  const writer = await storage.create('films/alien.mp4')
  writer.stream.end('bytes')
  await symlink(path.join(dir, 'outside'), path.join(dir, 'root/films'))
  await t.rejects(writer.commit(), ObjectNotFoundError)
  t.same(await readdir(path.join(dir, 'outside')), [])
  t.same(await readdir(path.join(dir, 'root/.incoming')), [])
})

t.test('a sibling folder whose name begins like the root is out of reach', async (t) => {
  const dir = t.testdir({ root: {}, 'root-evil': { secret: 'secret' } })
  const storage = await openLocalStorage(path.join(dir, 'root'))
  for (const key of ['../root-evil/secret', '-evil/secret', 'root-evil/secret']) {
    t.equal(await storage.stat(key).catch(() => null), null)
    await t.rejects(storage.open(key))
  }
})

t.test('a root that is itself behind a link works', async (t) => {
  const dir = t.testdir({ real: {} })
  await symlink(path.join(dir, 'real'), path.join(dir, 'alias'))
  const storage = await openLocalStorage(path.join(dir, 'alias'))
  await store(storage, 'a/b', Buffer.from('x'))
  t.equal((await buffer(await storage.open('a/b'))).toString(), 'x')
})

t.test('folders and pipes are no objects, and a pipe does not hold the reader up', {
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

t.test('emptied folders go with their last object, those in use stay', async (t) => {
  const dir = t.testdir({ root: {} })
  const storage = await openLocalStorage(path.join(dir, 'root'))
  await store(storage, 'shows/firefly/1', Buffer.from('x'))
  await store(storage, 'shows/chernobyl/1', Buffer.from('x'))
  await storage.remove('shows/firefly/1')
  t.same(await readdir(path.join(dir, 'root/shows')), ['chernobyl'])
  await storage.remove('shows/chernobyl/1')
  t.same(await readdir(path.join(dir, 'root')), ['.incoming'])
})

t.test('what a killed process left is swept when it is old enough', async (t) => {
  const dir = t.testdir({ root: { '.incoming': { left: 'half a film' }, film: 'whole' } })
  const storage = await openLocalStorage(path.join(dir, 'root'))
  t.equal(await storage.sweep(3_600_000), 0)
  t.equal(await storage.sweep(0), 1)
  t.same((await readdir(path.join(dir, 'root'))).sort(), ['.incoming', 'film'])
  t.same(await readdir(path.join(dir, 'root/.incoming')), [])
})

t.test("a folder in the object's place makes the commit fail and leaves nothing", async (t) => {
  const dir = t.testdir({ root: {} })
  const storage = await openLocalStorage(path.join(dir, 'root'))
  await mkdir(path.join(dir, 'root/a/b'), { recursive: true })
  await writeFile(path.join(dir, 'other'), '')
  await link(path.join(dir, 'other'), path.join(dir, 'root/a/b/c'))
  await t.rejects(store(storage, 'a/b', Buffer.from('x')))
  t.same(await readdir(path.join(dir, 'root/.incoming')), [])
})
