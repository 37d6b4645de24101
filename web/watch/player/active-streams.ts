// All streams of the plan are in use: who has them, and whether to take one over.
import { MonitorPlay } from 'lucide'
import type { ApiProblem } from '../api/problem.js'
import { element, icon } from '../dom.js'
import { ask } from '../parts/dialog.js'
import { count, episodeCode, timeOf } from '../format.js'

interface Holder {
  readonly id: string
  readonly profile: { readonly name: string }
  readonly device: string | null
  readonly title: { readonly title: string }
  readonly season: number | null
  readonly episode: number | null
  readonly since: string
}

/** The stream to take over; null to leave them be. @param refusal a 409 `plan-stream-limit` */
export async function askWhomToReplace ({ problem }: ApiProblem, host: Element): Promise<string | null> {
  const holders = problem['streams'] as readonly Holder[]
  const limit = Number(problem['maxStreams'])
  return await ask<string>('Somebody is already watching', (answer) => [
    element('h2', { text: limit === 1 ? 'Somebody is already watching' : 'All your streams are in use' }),
    element('p', {
      text: `Your plan plays on ${
        count(limit, 'device')
      } at a time. Take over a stream to watch here: it stops there, and its place is kept.`,
    }),
    element(
      'ul',
      { class: 'holders' },
      ...holders.map((holder) =>
        element(
          'li',
          {},
          icon(MonitorPlay),
          element(
            'span',
            { class: 'holder' },
            element('strong', { text: `${holder.profile.name} · ${whatOf(holder)}` }),
            element('small', { text: `${holder.device ?? 'Unknown device'}, since ${timeOf(holder.since)}` }),
          ),
          element('button', {
            class: 'button button-small',
            text: 'Watch here instead',
            attributes: { type: 'button' },
            click: () => {
              answer(holder.id)
            },
          }),
        )
      ),
    ),
    element(
      'div',
      { class: 'dialog-actions' },
      element('button', {
        class: 'button button-quiet',
        text: 'Not now',
        attributes: { type: 'button' },
        click: () => {
          answer(null)
        },
      }),
    ),
  ], host)
}

function whatOf (holder: Holder): string {
  const code = episodeCode(holder)
  return code === null ? holder.title.title : `${holder.title.title} ${code}`
}
