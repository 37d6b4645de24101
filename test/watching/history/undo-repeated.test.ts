// Undos of earlier actions, which undoing a clearing repeats: they change what their action wrote, and nothing else.
import t from 'tap'
import { rebuildHistory } from '../../../src/watching/history/rebuild.js'
import { containerOf } from '../../support/app.js'
import { buildUndoScene, createUndoActor, type UndoActor } from './undo-order.js'

t.test('repeated undos', async (t) => {
  const scene = await buildUndoScene(t)
  const [first = '', second = ''] = scene.episodes
  const clearTitle = async (actor: UndoActor, titleId: string): Promise<string> =>
    await actor.remove(`history?titleId=${titleId}`)
  const rebuild = async (actor: UndoActor): Promise<void> => {
    await rebuildHistory(containerOf(scene.app).watching, actor.user.email, () => undefined)
  }

  for (
    const [name, clear] of [['title', clearTitle], ['history', async (actor: UndoActor) =>
      await actor.remove('history')]] as const
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
})
