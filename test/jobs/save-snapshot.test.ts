import t, { type Test } from 'tap'
import type { SavedSnapshot, SavedSnapshots } from '../../src/catalogue/store/saved-snapshots.js'
import type { ChangeListener } from '../../src/catalogue/store/catalogue.js'
import { createSnapshotSaver, type SnapshotSaver } from '../../src/jobs/save-snapshot.js'
import { createManualClock, type TestClock } from '../support/clock.js'

const MINUTE_MS = 60_000

interface Setting {
  readonly saver: SnapshotSaver
  readonly clock: TestClock
  /** Number of snapshots that were saved completely. */
  saved(): number
  changeTitle(): void
  /** Another process saves a snapshot. */
  save(): void
  /** Called with each chunk that is written. */
  onChunk: () => void
  isClaimed: boolean
  isCatalogueCurrent: boolean
  isIndexCurrent: boolean
  position: unknown
}

const FILE = { key: 'snapshots/a', sizeBytes: 1, sha256: '' }

function toSnapshot (position: unknown, savedAt: Date): SavedSnapshot {
  return { version: '1', position, titles: FILE, search: FILE, savedAt }
}

/** A saver with a catalogue of 1,000 titles, and snapshots in memory. */
function createSetting (restoredChanges: string[] | null): Setting {
  const clock = createManualClock()
  const listeners: ChangeListener[] = []
  let [saved, last] = [0, null as SavedSnapshot | null]
  const setting = {
    clock,
    saved: () => saved,
    changeTitle () {
      for (const listener of listeners) listener('title', null)
    },
    save () {
      last = toSnapshot(null, clock.now())
    },
    onChunk: () => undefined as void,
    isClaimed: false,
    isCatalogueCurrent: true,
    isIndexCurrent: true,
    position: { _data: '1' } as unknown,
  }
  const snapshots: SavedSnapshots = {
    find: async () => last,
    read: async () => new Uint8Array(),
    claim: async () => !setting.isClaimed,
    release: async () => undefined,
    async save (position, { titles, search }, savedAt) {
      for (const chunks of [search, titles]) for await (const chunk of chunks) if (chunk.length > 0) setting.onChunk()
      saved++
      last = toSnapshot(position, savedAt)
    },
  }
  const saver = createSnapshotSaver({
    now: clock.now,
    watch: { position: () => setting.position },
    snapshots,
    search: {
      async *toChunks () {
        yield setting.isIndexCurrent ? Buffer.from('a') : null
      },
    } as never,
    catalogue: {
      isReady: () => true,
      titles: () => new Array(1_000).fill({}).values(),
      onIdle: async () => setting.isCatalogueCurrent,
      restoration: () => restoredChanges === null ? null : { changedTitleIds: restoredChanges },
      *toChunks () {
        for (let i = 0; i < 3; i++) yield { i }
      },
      onChange (listener: ChangeListener) {
        listeners.push(listener)
        return () => undefined
      },
    } as never,
  })
  return Object.assign(setting, { saver })
}

/** A setting after its first snapshot. */
async function createSavedSetting (t: Test): Promise<Setting> {
  const setting = createSetting(null)
  t.equal(await setting.saver.saveIfNeeded(), true)
  return setting
}

t.test('a snapshot is saved again after 15 minutes with changes, and after 6 hours without', async (t) => {
  const { saver, clock, changeTitle, saved } = await createSavedSetting(t)
  t.equal(await saver.saveIfNeeded(), false)
  changeTitle()
  t.equal(await saver.saveIfNeeded(), false, 'too early')
  clock.advance(16 * MINUTE_MS)
  t.equal(await saver.saveIfNeeded(), true)
  clock.advance(16 * MINUTE_MS)
  t.equal(await saver.saveIfNeeded(), false, 'no change')
  clock.advance(6 * 60 * MINUTE_MS)
  t.equal(await saver.saveIfNeeded(), true)
  t.equal(saved(), 3)
})

t.test('a process that started from a snapshot saves one if titles changed since then', async (t) => {
  for (const [changes, isSaved] of [[[], false], [['a'], true]] as Array<[string[], boolean]>) {
    const setting = createSetting(changes)
    setting.save()
    setting.clock.advance(16 * MINUTE_MS)
    t.equal(await setting.saver.saveIfNeeded(), isSaved)
  }
})

t.test('a title that changes during the write, a claim, or a gap in the changes prevents a snapshot', async (t) => {
  const setting = createSetting(null)
  const { saver, changeTitle, saved } = setting
  setting.onChunk = changeTitle
  t.equal(await saver.save(), false, 'a title changed')
  setting.onChunk = () => undefined
  for (
    const [field, value] of [
      ['isClaimed', true],
      ['isCatalogueCurrent', false],
      ['isIndexCurrent', false],
      ['position', null],
    ] as const
  ) {
    const before = setting[field]
    Object.assign(setting, { [field]: value })
    t.equal(await saver.save(), false, field)
    Object.assign(setting, { [field]: before })
  }
  t.equal(saved(), 0)
  t.equal(await saver.save(), true)
})
