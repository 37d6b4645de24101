// Cases of continue watching over HTTP: actions of a new account, and then the cards, the continue button and the start
// position of a playback. All cases share one catalogue.
import t from 'tap'
import { play } from '../../support/playback.js'
import {
  DAY_MS,
  END_MS,
  buildScene,
  createActor,
  describeCards,
  watchAll,
  type Actor,
} from './continue-watching-scene.js'

type Case = [name: string, run: (actor: Actor) => Promise<void>, expected: string]

const CASES: Case[] = [
  ['a new profile has no card', async () => {}, ''],
  ['a half-watched movie is resumed at its position', async ({ watches }) => {
    await watches('movie', 23_456)
  }, 'resume movie 23456'],
  ['a finished movie has no card', async ({ watches }) => {
    await watches('movie')
  }, ''],
  ['a movie stopped in its credits has no card', async ({ watches }) => {
    await watches('movie', 55_000)
  }, ''],
  ['a movie that was skipped to its end has no card', async ({ watches }) => {
    await watches('movie', 59_500, 3_000)
  }, ''],
  ['a movie opened for a moment has no card', async ({ watches }) => {
    await watches('movie', 500)
  }, ''],
  ['a movie opened in the middle and closed at once has no card', async ({ watches }) => {
    await watches('movie', 30_000, 100)
  }, ''],
  ['a rewound movie is resumed at the earlier position', async ({ watches }) => {
    await watches('movie', 30_000)
    await watches('movie', 4_000, 500)
  }, 'resume movie 4000'],
  ['a movie and a show are listed newest first', async ({ watches }) => {
    await watches('s1e1', 20_000)
    await watches('movie', 10_000)
  }, 'resume movie 10000 | resume s1e1 20000'],
  ['a half-watched episode is resumed', async ({ watches }) => {
    await watches('s1e1', 20_000)
  }, 'resume s1e1 20000'],
  ['the next episode follows a finished one', async ({ watches }) => {
    await watches('s1e1')
  }, 'next s1e2'],
  ['the next season follows a finished one', async ({ watches }) => {
    await watches('s1e1')
    await watches('s1e2')
  }, 'next s2e1'],
  ['a show without further episodes has no card', watchAll, ''],
  ['a show started in the middle counts the skipped episodes', async ({ watches }) => {
    await watches('s2e1')
  }, 'next s2e2, skipped 2'],
  ['a skipped episode is counted', async ({ watches }) => {
    await watches('s1e1')
    await watches('s2e1', 20_000)
  }, 'resume s2e1 20000, skipped 1'],
  ['a skipped episode that is watched later decides the next one', async ({ watches }) => {
    await watches('s1e1')
    await watches('s2e1')
    await watches('s1e2')
  }, 'next s2e1'],
  ['a repeated old episode decides the next one', async ({ watches }) => {
    await watches('s1e1')
    await watches('s1e2')
    await watches('s1e1')
  }, 'next s1e2'],
  ['opening a finished episode for a moment changes nothing', async ({ watches }) => {
    await watches('s1e1')
    await watches('s1e1', 300)
  }, 'next s1e2'],
  ['a newer finished episode precedes a half-watched one', async ({ watches }) => {
    await watches('s1e1', 20_000)
    await watches('s1e2')
  }, 'next s2e1, skipped 1'],
  ['a special outside the order does not change the next episode', async ({ watches }) => {
    await watches('s1e1')
    await watches('s0e1')
  }, 'next s1e2'],
  ['a half-watched special is resumed', async ({ watches }) => {
    await watches('s1e1')
    await watches('s0e1', 20_000)
  }, 'resume s0e1 20000'],
  ['two plays that sum up to half of the runtime finish an episode', async ({ watches }) => {
    await watches('s1e1', 25_000)
    await watches('s1e1', 58_000, 10_000)
  }, 'next s1e2'],
  ['a private stream leaves no card', async (actor) => {
    const { body } = await play(actor.kim, actor.movie, { private: true })
    await actor.kim.post(`/v1/profiles/${actor.kim.profileId}/playback/${body.streamId}/stop`, {
      positionMs: 30_000,
      watchedMs: 30_000,
      at: actor.clock.now().toISOString(),
    })
  }, ''],
  ['a private stream does not move the resume position', async (actor) => {
    await actor.watches('movie', 20_000)
    const { body } = await play(actor.kim, actor.movie, { private: true })
    await actor.kim.post(`/v1/profiles/${actor.kim.profileId}/playback/${body.streamId}/stop`, {
      positionMs: 40_000,
      watchedMs: 20_000,
      at: actor.clock.now().toISOString(),
    })
  }, 'resume movie 20000'],
  ['the last heartbeat of a crashed client counts', async (actor) => {
    const { body } = await play(actor.kim, actor.movie)
    actor.clock.advance(10_000)
    await actor.kim.put(`/v1/profiles/${actor.kim.profileId}/playback/${body.streamId}`, {
      positionMs: 9_876,
      watchedMs: 9_000,
      at: actor.clock.now().toISOString(),
    })
    actor.clock.advance(120_000)
  }, 'resume movie 9876'],
  ['a late offline report does not move the position back', async ({ watches, reports }) => {
    await watches('movie', 40_000)
    await reports('movie', 10_000, 2 * DAY_MS)
  }, 'resume movie 40000'],
  ['an older offline report of a later episode does not replace the card', async ({ watches, reports }) => {
    await watches('s1e1', 20_000)
    await reports('s1e2', END_MS, DAY_MS)
  }, 'resume s1e1 20000'],
  ['offline reports in the wrong order are ordered by time', async ({ reports }) => {
    await reports('s1e2', 30_000, 1_000)
    await reports('s1e1', END_MS, DAY_MS)
  }, 'resume s1e2 30000'],
  ['a report from a fast client clock counts as now', async ({ watches, reports }) => {
    await reports('movie', 10_000, -DAY_MS)
    await watches('movie', 20_000)
  }, 'resume movie 20000'],
  ['the next episode follows one marked watched', async ({ put, episodes }) => {
    await put(`watched/${episodes.get('s1e1')}`)
  }, 'next s1e2'],
  ['a half-watched movie marked watched has no card', async ({ watches, put, movie }) => {
    await watches('movie', 20_000)
    await put(`watched/${movie}`)
  }, ''],
  ['the next season follows one marked watched', async ({ put, show }) => {
    await put(`watched/${show}?season=1`)
  }, 'next s2e1'],
  ['a show marked watched has no card', async ({ put, show }) => {
    await put(`watched/${show}`)
  }, ''],
  ['undoing a mark on a show restores its card', async (actor) => {
    await actor.watches('s1e1')
    await actor.undo(await actor.put(`watched/${actor.show}`))
  }, 'next s1e2'],
  ['a season marked unwatched has no card', async ({ watches, remove, show }) => {
    await watches('s1e1')
    await watches('s1e2')
    await remove(`watched/${show}?season=1`)
  }, ''],
  ['opening an episode marked watched changes nothing', async ({ watches, put, episodes }) => {
    await put(`watched/${episodes.get('s1e1')}`)
    await watches('s1e1', 400)
  }, 'next s1e2'],
  ['a hidden movie has no card', async ({ watches, remove, movie }) => {
    await watches('movie', 20_000)
    await remove(`continue-watching/${movie}`)
  }, ''],
  ['a hidden show has no next episode', async ({ watches, remove, show }) => {
    await watches('s1e1')
    await remove(`continue-watching/${show}`)
  }, ''],
  ['a hidden movie returns when it is played', async (actor) => {
    await actor.watches('movie', 20_000)
    await actor.remove(`continue-watching/${actor.movie}`)
    await actor.watches('movie', 30_000, 10_000)
  }, 'resume movie 30000'],
  ['undoing the hiding of a show restores its card', async (actor) => {
    await actor.watches('s1e1')
    await actor.undo(await actor.remove(`continue-watching/${actor.show}`))
  }, 'next s1e2'],
  ['a hidden movie returns on request', async ({ watches, remove, put, movie }) => {
    await watches('movie', 20_000)
    await remove(`continue-watching/${movie}`)
    await put(`continue-watching/${movie}`)
  }, 'resume movie 20000'],
  ['a dropped show stays dismissed when it is played', async (actor) => {
    await actor.watches('s1e1')
    await actor.put(`dropped/${actor.show}`)
    await actor.watches('s1e2', 20_000)
  }, ''],
  ['undoing the dropping of a show restores its card', async (actor) => {
    await actor.watches('s1e1')
    await actor.undo(await actor.put(`dropped/${actor.show}`))
  }, 'next s1e2'],
  ['a dropped show returns on request', async (actor) => {
    await actor.watches('s1e1')
    await actor.put(`dropped/${actor.show}`)
    await actor.remove(`dropped/${actor.show}`)
  }, 'next s1e2'],
  ['playing a finished movie again starts a rewatch', async ({ watches }) => {
    await watches('movie')
    await watches('movie', 20_000)
  }, 'resume movie 20000, pass 2'],
  ['playing the first episode of a finished show starts a rewatch', async (actor) => {
    await watchAll(actor)
    await actor.watches('s1e1')
  }, 'next s1e2, pass 2'],
  ['opening the first episode of a finished show for a moment starts no rewatch', async (actor) => {
    await watchAll(actor)
    await actor.watches('s1e1', 300)
  }, ''],
  ['cancelling a rewatch removes its card', async (actor) => {
    await watchAll(actor)
    await actor.watches('s1e1')
    await actor.remove(`rewatch/${actor.show}?pass=2`)
  }, ''],
  ['repeated rewatch requests start one rewatch', async (actor) => {
    await actor.put(`watched/${actor.episodes.get('s0e1')}`)
    await actor.put(`rewatch/${actor.show}`)
    await actor.put(`rewatch/${actor.show}`)
  }, 'next s1e1, pass 2'],
  ['a rewatch request in the middle of a show offers its first episode', async (actor) => {
    await actor.watches('s1e1')
    await actor.watches('s1e2', 20_000)
    await actor.put(`rewatch/${actor.show}`)
  }, 'next s1e1, pass 2'],
  ['undoing a rewatch request restores the card', async (actor) => {
    await actor.watches('s1e1')
    await actor.watches('s1e2', 20_000)
    await actor.undo(await actor.put(`rewatch/${actor.show}`))
  }, 'resume s1e2 20000'],
  ['undoing a rewatch request that was played restores the card', async (actor) => {
    await actor.watches('s1e1')
    await actor.watches('s1e2', 20_000)
    const again = await actor.put(`rewatch/${actor.show}`)
    await actor.watches('s1e1')
    await actor.undo(again)
  }, 'resume s1e2 20000'],
  ['a rewatch request for a movie offers its start', async (actor) => {
    await actor.watches('movie', 40_000)
    await actor.put(`rewatch/${actor.movie}`)
  }, 'next movie, pass 2'],
  ['a rewatch request for a dropped show restores its card', async (actor) => {
    await actor.watches('s1e1')
    await actor.put(`dropped/${actor.show}`)
    await actor.put(`rewatch/${actor.show}`)
  }, 'next s1e1, pass 2'],
  ['removing the newest play restores the card before it', async (actor) => {
    await actor.watches('s1e1')
    await actor.watches('s1e2', 20_000)
    await actor.remove(`history/${await newestPlay(actor)}`)
  }, 'next s1e2'],
  ['undoing the removal of a play restores its card', async (actor) => {
    await actor.watches('s1e1')
    await actor.watches('s1e2', 20_000)
    await actor.undo(await actor.remove(`history/${await newestPlay(actor)}`))
  }, 'resume s1e2 20000'],
  ['clearing the history of a title removes its card only', async (actor) => {
    await actor.watches('movie', 10_000)
    await actor.watches('s1e1')
    await actor.remove(`history?titleId=${actor.show}`)
  }, 'resume movie 10000'],
  ['clearing the history removes all cards', async (actor) => {
    await actor.watches('movie', 10_000)
    await actor.watches('s1e1')
    await actor.remove('history')
  }, ''],
  ['undoing the clearing of the history restores all cards', async (actor) => {
    await actor.watches('movie', 10_000)
    await actor.watches('s1e1')
    await actor.undo(await actor.remove('history'))
  }, 'next s1e2 | resume movie 10000'],
]

async function newestPlay ({ kim }: Actor): Promise<string> {
  return (await kim.get(`/v1/profiles/${kim.profileId}/history?limit=1`)).body.items[0].id
}

t.test('continue watching offers the right card', async (t) => {
  const scene = await buildScene(t)
  t.ok(CASES.length >= 40, `${CASES.length} cases`)
  for (const [name, run, expected] of CASES) {
    const actor = await createActor(scene)
    const { kim } = actor
    await run(actor)
    t.equal(await describeCards(actor), expected, name)
    const first = await kim.get(`/v1/profiles/${kim.profileId}/continue`)
    t.equal(first.status, expected === '' ? 204 : 200, `${name}: the continue button agrees`)
    if (first.status === 200) {
      t.equal(
        (await play(kim, first.body.item.id)).body.positionMs,
        first.body.positionMs,
        `${name}: playback starts at the position of the card`,
      )
    }
  }
})
