// Undos of earlier actions, which undoing a clearing repeats: they change what their action wrote, and nothing else.
import mongoose from 'mongoose'
import t from 'tap'
import { Play } from '../../../models/play.js'
import { SoftDeleted } from '../../../models/soft-deleted.js'
import { Undo, type StoredUndo } from '../../../models/undo.js'
import { rebuildHistory } from '../../../src/watching/history/rebuild.js'
import { startUndo } from '../../../src/watching/history/undo-log.js'
import { undoAction } from '../../../src/watching/history/undo.js'
import { containerOf } from '../../support/app.js'
import { recordCommands } from '../../support/database-commands.js'
import { buildUndoScene, createUndoActor, type UndoActor } from './undo-order.js'

const DAY_MS = 86_400_000

t.test('repeated undos', async (t) => {
  const recorder = recordCommands(t)
  const scene = await buildUndoScene(t)
  const [first = '', second = ''] = scene.episodes
  const clearTitle = async (actor: UndoActor, titleId: string): Promise<string> =>
    await actor.remove(`history?titleId=${titleId}`)
  const rebuild = async (actor: UndoActor): Promise<void> => {
    await rebuildHistory(containerOf(scene.app).watching, actor.user.email, () => undefined)
  }

  for (
    const [name, clear] of [['title', clearTitle], [
      'history',
      async (actor: UndoActor) => await actor.remove('history'),
    ]] as const
  ) {
    t.test(`what was watched after a rewatch was undone counts, when clearing the ${name} is undone`, async (t) => {
      const states: unknown[] = []
      for (const isRewatched of [true, false]) {
        const actor = await createUndoActor(scene)
        await actor.plays(first, 59_000)
        const rewatch = isRewatched ? await actor.put(`rewatch/${scene.show}`) : null
        const cleared = await clear(actor, scene.show)
        if (rewatch !== null) await actor.undo(rewatch)
        await actor.plays(second, 20_000)
        await actor.undo(cleared)
        const state = await actor.readState() as any
        t.match(state.cards.items, [{ item: { id: second }, positionMs: 20_000 }])
        states.push(state.progress.map(({ positionMs, pass }: any) => [positionMs, pass]))
        await rebuild(actor)
        t.strictSame(await actor.readState(), state)
      }
      t.strictSame(states[0], states[1], 'as without the rewatch')
    })
  }

  t.test('undoing a removal leaves a later removal of the same play', async (t) => {
    const actor = await createUndoActor(scene)
    const base = `/v1/profiles/${actor.user.profileId}`
    await actor.plays(scene.movie, 20_000)
    const before = await actor.readState()
    const file = (await actor.user.get(`${base}/history/export`)).body
    const remove = async (): Promise<string> => await actor.remove(`history/${await actor.newestPlay()}`)
    const removed = await remove()
    t.equal((await actor.user.post(`${base}/history/import`, file)).status, 200)
    t.strictSame(await actor.readState(), before, 'the import restores the play')
    scene.clock.advance(1_000)
    const removedAgain = await remove()
    await actor.undo(removed)
    t.equal(await actor.newestPlay(), null)
    await actor.undo(await clearTitle(actor, scene.movie))
    t.equal(await actor.newestPlay(), null, 'also when the undo is repeated')
    await actor.undo(removedAgain)
    t.strictSame(await actor.readState(), before)
  })

  t.test('one of two removals of a play at once succeeds, and can be undone', async (t) => {
    for (let attempt = 0; attempt < 4; attempt++) {
      const actor = await createUndoActor(scene)
      await actor.plays(scene.movie, 20_000)
      const before = await actor.readState()
      const url = `/v1/profiles/${actor.user.profileId}/history/${await actor.newestPlay()}`
      const responses = await Promise.all([1, 2].map(async () => await actor.user.delete(url)))
      t.strictSame(responses.map(({ status }) => status).sort(), [200, 404])
      await actor.undo(responses.find(({ status }) => status === 200)?.body.undo)
      t.strictSame(await actor.readState(), before)
    }
  })

  t.test('a removal by version 0.2.0, which stored a later time, can be undone', async (t) => {
    const actor = await createUndoActor(scene)
    await actor.plays(scene.movie, 20_000)
    const before = await actor.readState()
    const removed = await actor.remove(`history/${await actor.newestPlay()}`)
    const { removedAt } = await Play.findOne({ profile: actor.user.profileId }).orFail()
    await Play.updateOne({ profile: actor.user.profileId }, { $set: { removedAt: Number(removedAt) + 5 } })
    await actor.undo(removed)
    t.strictSame(await actor.readState(), before)
  })

  t.test('a title is projected once, however many of its actions are undone', async (t) => {
    const counts: number[] = []
    for (const marks of [2, 6]) {
      const actor = await createUndoActor(scene)
      await actor.plays(scene.movie, 20_000)
      const before = await actor.readState()
      const tokens: string[] = []
      for (let i = 0; i < marks; i++) tokens.push(await actor.put(`watched/${scene.movie}`))
      const cleared = await clearTitle(actor, scene.movie)
      for (const token of tokens) await actor.undo(token)
      recorder.take()
      await actor.undo(cleared)
      counts.push(recorder.take().filter((command) => command === 'update accounts').length)
      t.strictSame(await actor.readState(), before)
    }
    t.equal(counts[0], counts[1])
  })

  t.test('an undo that crashed on its last day restores everything when it is repeated later', async (t) => {
    const { watching } = containerOf(scene.app)
    for (const path of [`history?titleId=${scene.movie}`, 'history']) {
      const actor = await createUndoActor(scene)
      await actor.plays(scene.movie, 20_000)
      const cleared = await actor.remove(path)
      scene.clock.advance(29 * DAY_MS)
      await startUndo(watching, await Undo.findById(cleared).orFail().lean<StoredUndo>())
      scene.clock.advance(2 * DAY_MS)
      // What the TTL indexes of the database do.
      const isExpired = { expiresAt: mongoose.trusted({ $lte: scene.clock.now() }) }
      await Promise.all([Undo.deleteMany(isExpired), SoftDeleted.deleteMany(isExpired)])
      const ref = { account: String((await Undo.findById(cleared).orFail()).account), profile: actor.user.profileId }
      await undoAction(watching, ref, cleared)
      t.equal(await Play.countDocuments({ profile: ref.profile }), 1)
    }
  })
})
