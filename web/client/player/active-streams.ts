// The dialog that lists the active streams when the plan permits no more, and lets the user end one.
import { MonitorPlay } from 'lucide'
import type { ApiProblem } from '../api/problem.js'
import { createElement, createIcon } from '../dom.js'
import { showDialog } from '../parts/dialog.js'
import { formatCount, episodeCode, formatTime } from '../format.js'

interface ActiveStream {
  readonly id: string
  readonly profile: { readonly name: string }
  readonly device: string | null
  readonly title: { readonly title: string }
  readonly season: number | null
  readonly episode: number | null
  readonly since: string
}

/** Returns the ID of the stream to take over, or null. @param problem the 409 `plan-stream-limit` */
export async function askForStreamToEnd ({ problem }: ApiProblem, host: Element): Promise<string | null> {
  const streams = problem['streams'] as readonly ActiveStream[]
  const limit = Number(problem['maxStreams'])
  return await showDialog<string>('Stream limit reached', (close) => [
    createElement('h2', { text: 'Stream limit reached' }),
    createElement('p', {
      text: `Your plan allows ${formatCount(limit, 'stream')} at a time. ` +
        'Stop another stream to watch here. Its position is saved.',
    }),
    createElement(
      'ul',
      { class: 'streams' },
      ...streams.map((stream) =>
        createElement(
          'li',
          {},
          createIcon(MonitorPlay),
          createElement(
            'span',
            { class: 'stream' },
            createElement('strong', { text: `${stream.profile.name} · ${describeItem(stream)}` }),
            createElement('small', { text: `${stream.device ?? 'Unknown device'}, since ${formatTime(stream.since)}` }),
          ),
          createElement('button', {
            class: 'button button-small',
            text: 'Stop and watch here',
            attributes: { type: 'button' },
            click: () => {
              close(stream.id)
            },
          }),
        )
      ),
    ),
    createElement(
      'div',
      { class: 'dialog-actions' },
      createElement('button', {
        class: 'button button-quiet',
        text: 'Cancel',
        attributes: { type: 'button' },
        click: () => {
          close(null)
        },
      }),
    ),
  ], host)
}

function describeItem (stream: ActiveStream): string {
  const code = episodeCode(stream)
  return code === null ? stream.title.title : `${stream.title.title} ${code}`
}
