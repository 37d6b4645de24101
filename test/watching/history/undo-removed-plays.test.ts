// Undoing a clearing when the play was removed before it or since, and reported again with the same ID.
import t from 'tap'
import { rebuildHistory } from '../../../src/watching/history/rebuild.js'
import { containerOf } from '../../support/app.js'
import { buildUndoScene, createUndoActor, type UndoActor } from './undo-order.js'

t.test('undoing a clearing of a removed play', async (t) => {
  const scene = await buildUndoScene(t)

  /** Lists the positions of the plays, newest first, in s. */
  const listPositions = async (actor: UndoActor): Promise<number[]> => {
    const { history } = await actor.readState() as any
    return history.items.map(({ positionMs }: { positionMs: number }) => positionMs / 1_000)
  }
  const report = async (actor: UndoActor, seconds: number): Promise<void> => {
    await actor.plays(scene.movie, seconds * 1_000, 1)
  }
  const remove = async (actor: UndoActor): Promise<string> => await actor.remove(`history/${await actor.newestPlay()}`)

  for (const path of ['history', `history?titleId=${scene.movie}`]) {
    const clear = async (actor: UndoActor): Promise<string> => await actor.remove(path)
    const what = path === 'history' ? 'the history' : 'the title'

    t.test(`${what}: the play stays removed, and what was reported since stays`, async (t) => {
      const actor = await createUndoActor(scene)
      await report(actor, 50)
      const removed = await remove(actor)
      const cleared = await clear(actor)
      await report(actor, 30)
      const { cards, progress, shows } = await actor.readState() as any
      await Promise.all([1, 2, 3].map(async () => {
        await actor.undo(cleared)
      }))
      t.strictSame(await listPositions(actor), [30])
      const { history: { items: [play] }, ...state } = await actor.readState() as any
      t.strictSame([state.cards, state.progress, state.shows, play.watchedMs], [cards, progress, shows, 30_000])
      await report(actor, 35)
      t.strictSame(await listPositions(actor), [35], 'later reports are of the same play')
      const after = await actor.readState()
      await rebuildHistory(containerOf(scene.app).watching, actor.user.email, () => undefined)
      t.strictSame(await actor.readState(), after)
      await actor.undo(removed)
      t.strictSame(await listPositions(actor), [35, 50])
    })

    t.test(`${what}: a removal that is undone before`, async (t) => {
      const actor = await createUndoActor(scene)
      await report(actor, 20)
      const removed = await remove(actor)
      const cleared = await clear(actor)
      await report(actor, 30)
      await actor.undo(removed)
      t.strictSame(await listPositions(actor), [30])
      await actor.undo(cleared)
      t.strictSame(await listPositions(actor), [30, 20])
    })

    t.test(`${what}: what was reported after the removal, before and after the clearing, is one play`, async (t) => {
      const actor = await createUndoActor(scene)
      await report(actor, 20)
      const removed = await remove(actor)
      await report(actor, 25)
      const cleared = await clear(actor)
      await report(actor, 30)
      await actor.undo(cleared)
      t.strictSame(await listPositions(actor), [30])
      await actor.undo(removed)
      t.strictSame(await listPositions(actor), [30, 20])
    })

    t.test(`${what}: a play that is removed twice before`, async (t) => {
      const actor = await createUndoActor(scene)
      await report(actor, 20)
      const removed = await remove(actor)
      await report(actor, 25)
      const removedAgain = await remove(actor)
      const cleared = await clear(actor)
      await report(actor, 30)
      await actor.undo(cleared)
      t.strictSame(await listPositions(actor), [30])
      await actor.undo(removedAgain)
      t.strictSame(await listPositions(actor), [30, 25])
      await actor.undo(removed)
      t.strictSame(await listPositions(actor), [30, 25, 20])
    })

    t.test(`${what}: a play that is removed since comes back as it was before`, async (t) => {
      const actor = await createUndoActor(scene)
      await report(actor, 20)
      const before = await actor.readState()
      const cleared = await clear(actor)
      await report(actor, 30)
      const removed = await remove(actor)
      await actor.undo(cleared)
      t.strictSame(await actor.readState(), before)
      await actor.undo(removed)
      t.strictSame(await listPositions(actor), [30, 20])
    })

    t.test(`${what}: a play that is removed before and since`, async (t) => {
      const actor = await createUndoActor(scene)
      await report(actor, 20)
      const removed = await remove(actor)
      const cleared = await clear(actor)
      await report(actor, 30)
      const removedSince = await remove(actor)
      await actor.undo(cleared)
      t.strictSame(await listPositions(actor), [])
      await actor.undo(removedSince)
      t.strictSame(await listPositions(actor), [30])
      await actor.undo(removed)
      t.strictSame(await listPositions(actor), [30, 20])
    })
  }
})
