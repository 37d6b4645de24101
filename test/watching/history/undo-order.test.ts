import t from 'tap'
import { Undo } from '../../../models/undo.js'
import { rebuildHistory } from '../../../src/watching/history/rebuild.js'
import { containerOf } from '../../support/app.js'
import { buildUndoScene, createUndoActor, type UndoActor } from './undo-order.js'

/** Sends a request that can be undone. */
type Act = (actor: UndoActor) => Promise<string>
interface Case {
  readonly name: string
  readonly prepare: (actor: UndoActor) => Promise<void>
  readonly actions: readonly Act[]
}

const movieOf = ({ scene }: UndoActor): string => scene.movie
const firstOf = ({ scene }: UndoActor): string => scene.episodes[0] ?? ''

const clear: Act = async (actor) => await actor.remove('history')
const clearMovie: Act = async (actor) => await actor.remove(`history?titleId=${movieOf(actor)}`)
const clearShow: Act = async (actor) => await actor.remove(`history?titleId=${actor.scene.show}`)
const removeNewest: Act = async (actor) => await actor.remove(`history/${await actor.newestPlay()}`)
const hide: Act = async (actor) => await actor.remove(`continue-watching/${movieOf(actor)}`)
const show: Act = async (actor) => await actor.put(`continue-watching/${movieOf(actor)}`)
const drop: Act = async (actor) => await actor.put(`dropped/${movieOf(actor)}`)
const mark: Act = async (actor) => await actor.put(`watched/${movieOf(actor)}`)
const unmark: Act = async (actor) => await actor.remove(`watched/${movieOf(actor)}`)
const rewatch: Act = async (actor) => await actor.put(`rewatch/${movieOf(actor)}`)
const play = (positionMs: number, playNumber?: number) => async (actor: UndoActor): Promise<void> => {
  await actor.plays(movieOf(actor), positionMs, playNumber)
}

const CASES: readonly Case[] = [
  ...([['the history', clear], ['the title', clearMovie]] as const).flatMap(([what, clearing]): Case[] => [
    {
      name: `removing a play, then clearing ${what}`,
      prepare: async (actor) => {
        await play(10_000)(actor)
        await play(20_000)(actor)
      },
      actions: [removeNewest, clearing],
    },
    { name: `hiding, then clearing ${what}`, prepare: play(20_000), actions: [hide, clearing] },
    { name: `dropping, then clearing ${what}`, prepare: play(20_000), actions: [drop, clearing] },
    { name: `marking, then clearing ${what}`, prepare: play(20_000), actions: [mark, clearing] },
    {
      name: `showing again, then clearing ${what}`,
      prepare: async (actor) => {
        await play(20_000)(actor)
        await hide(actor)
      },
      actions: [show, clearing],
    },
    {
      name: `unmarking, then clearing ${what}`,
      prepare: async (actor) => {
        await mark(actor)
      },
      actions: [unmark, clearing],
    },
    { name: `hiding and clearing ${what} twice`, prepare: play(20_000), actions: [hide, clearing, clearing] },
    { name: `marking, clearing ${what}, marking again`, prepare: play(20_000), actions: [mark, clearing, mark] },
    {
      name: `clearing ${what}, marking, clearing again`,
      prepare: async (actor) => {
        await mark(actor)
      },
      actions: [clearing, mark, clearing],
    },
  ]),
  {
    name: 'hiding, then clearing the title and the history',
    prepare: play(20_000),
    actions: [hide, clearMovie, clear],
  },
  {
    name: 'marking an episode, its season, unmarking the episode',
    prepare: async () => {},
    actions: [
      async (actor) => await actor.put(`watched/${firstOf(actor)}`),
      async (actor) => await actor.put(`watched/${actor.scene.show}?season=1`),
      async (actor) => await actor.remove(`watched/${firstOf(actor)}`),
    ],
  },
  {
    name: 'marking an episode and a show, clearing the show',
    prepare: async (actor) => {
      await actor.plays(firstOf(actor), 20_000)
    },
    actions: [
      async (actor) => await actor.put(`watched/${firstOf(actor)}`),
      async (actor) => await actor.put(`watched/${actor.scene.show}`),
      clearShow,
    ],
  },
  { name: 'hiding, showing again, dropping', prepare: play(20_000), actions: [hide, show, drop] },
]

/** Lists all orders of up to four things. */
function permute<T> (things: readonly T[]): T[][] {
  return things.length === 0
    ? [[]]
    : things.flatMap((one, i) => permute(things.filter((_, j) => j !== i)).map((rest) => [one, ...rest]))
}

t.test('undoing actions in any order', async (t) => {
  const scene = await buildUndoScene(t)

  for (const { name, prepare, actions } of CASES) {
    t.test(`restores the state before ${name}`, async (t) => {
      for (const order of permute(actions.map((_, i) => i))) {
        const actor = await createUndoActor(scene)
        await prepare(actor)
        const before = await actor.readState()
        const tokens: string[] = []
        for (const act of actions) tokens.push(await act(actor))
        for (const i of order) await actor.undo(tokens[i] ?? '')
        t.strictSame(await actor.readState(), before, `undone in the order ${order.join(', ')}`)
        await rebuildHistory(containerOf(scene.app).watching, actor.user.email, () => undefined)
        t.strictSame(await actor.readState(), before, 'a rebuild from the plays gives the same state')
      }
    })
  }

  t.test('a rewatch with a later play, then a clearing', async (t) => {
    const states: unknown[] = []
    for (const order of [[0, 1], [1, 0]]) {
      const actor = await createUndoActor(scene)
      await play(60_000)(actor)
      const tokens = [await rewatch(actor)]
      await play(10_000)(actor)
      tokens.push(await clear(actor))
      for (const i of order) await actor.undo(tokens[i] ?? '')
      const state = await actor.readState() as any
      states.push([
        state.cards.items.length,
        state.progress[0].finished,
        state.history.items.map((one: any) => [
          one.positionMs,
          one.pass,
        ]),
      ])
    }
    t.strictSame(states[0], states[1])
  })

  t.test('an undo that crashed at its end can be repeated', async (t) => {
    const actor = await createUndoActor(scene)
    await play(20_000)(actor)
    const before = await actor.readState()
    const tokens: string[] = []
    for (const act of [hide, mark, unmark, clearMovie, clear]) tokens.push(await act(actor))
    for (const token of tokens) await actor.undo(token)
    for (const token of tokens) {
      await Undo.updateOne({ _id: token }, { $set: { undoneAt: null } })
      await actor.undo(token)
    }
    t.strictSame(await actor.readState(), before)
  })

  t.test('the record of an undone action remains until a later action cannot be undone', async (t) => {
    const actor = await createUndoActor(scene)
    await play(20_000)(actor)
    const hidden = await hide(actor)
    scene.clock.advance(1_000)
    const cleared = await clear(actor)
    await actor.undo(hidden)
    const [first, second] = [await Undo.findById(hidden).orFail(), await Undo.findById(cleared).orFail()]
    t.ok(first.expiresAt >= second.expiresAt)
  })

  t.test('a newer decision remains when an older undo is repeated', async (t) => {
    const actor = await createUndoActor(scene)
    await play(20_000)(actor)
    await hide(actor)
    const shown = await show(actor)
    const cleared = await clear(actor)
    await actor.undo(shown)
    await play(30_000)(actor)
    await hide(actor)
    await show(actor)
    await actor.undo(cleared)
    t.match(await actor.readState(), { hidden: { items: [] }, cards: { items: [{ positionMs: 30_000 }] } })
  })

  t.test('parallel removals and clearings', async (t) => {
    for (let attempt = 0; attempt < 4; attempt++) {
      const actor = await createUndoActor(scene)
      for (let i = 1; i <= 6; i++) await play(i * 5_000)(actor)
      const before = await actor.readState() as any
      const base = `/v1/profiles/${actor.user.profileId}`
      const responses = await Promise.all([
        ...before.history.items.map(async ({ id }: any) => await actor.user.delete(`${base}/history/${id}`)),
        actor.user.delete(`${base}/history`),
      ])
      const tokens = responses.filter(({ status }) => status === 200).map(({ body }) => body.undo)
      // Clients repeat a request that is rejected as busy.
      const undo = async (token: string): Promise<number> => {
        const { status } = await actor.user.post(`${base}/undo/${token}`)
        return status === 503 ? await undo(token) : status
      }
      const undone = await Promise.all(tokens.map(undo))
      t.ok(undone.every((status) => status === 204), undone.join(' '))
      t.strictSame(await actor.readState(), before)
    }
  })
})
