// The subtitles. The renderer of the player library writes style attributes, which the content security policy forbids.
import { useMediaPlayer, type TextRenderer, type TextTrack } from '@vidstack/react'
import { useEffect, useState, type ReactNode } from 'react'
import { usePreferences, type SubtitleStyle } from './preferences.js'

interface Line {
  readonly key: string
  readonly text: string
  readonly isTop: boolean
}

/** The parts of a cue that this player shows: text, and its emphasis. Other tags name speakers and colours. */
const TAG = /<(\/?)([ibu])(?:\.[^>]*)?>|<[^>]*>/g
const ENTITIES: Readonly<Record<string, string>> = { '&amp;': '&', '&lt;': '<', '&gt;': '>', '&nbsp;': '\u00a0' }

export interface CueSpan {
  readonly text: string
  readonly isItalic: boolean
  readonly isBold: boolean
  readonly isUnderlined: boolean
}

/** Splits the text of a WebVTT cue by its emphasis. */
export function parseCue (source: string): CueSpan[] {
  const open = { i: 0, b: 0, u: 0 }
  const spans: CueSpan[] = []
  let end = 0
  const push = (raw: string): void => {
    const text = raw.replaceAll(/&\w+;/g, (entity) => ENTITIES[entity] ?? entity)
    if (text !== '') spans.push({ text, isItalic: open.i > 0, isBold: open.b > 0, isUnderlined: open.u > 0 })
  }
  for (const match of source.matchAll(TAG)) {
    push(source.slice(end, match.index))
    end = match.index + match[0].length
    const tag = match[2] as keyof typeof open | undefined
    if (tag !== undefined) open[tag] += match[1] === '/' ? -1 : 1
  }
  push(source.slice(end))
  return spans
}

export function Captions (): ReactNode {
  const player = useMediaPlayer()
  const [lines, setLines] = useState<readonly Line[]>([])
  const { subtitles } = usePreferences()
  useEffect(() => {
    if (player === null) return undefined
    const renderer = createRenderer(setLines)
    player.textRenderers.add(renderer)
    return () => {
      player.textRenderers.remove(renderer)
    }
  }, [player])
  return (
    <>
      <CaptionBlock lines={lines.filter(({ isTop }) => isTop)} look={subtitles} isTop />
      <CaptionBlock lines={lines.filter(({ isTop }) => !isTop)} look={subtitles} />
    </>
  )
}

interface CaptionBlockProps {
  readonly lines: readonly Line[]
  readonly look: SubtitleStyle
  readonly isTop?: boolean
}

export function CaptionBlock ({ lines, look, isTop = false }: CaptionBlockProps): ReactNode {
  return (
    <div
      className={isTop ? 'captions captions-top' : 'captions'}
      data-size={look.size}
      data-colour={look.colour}
      data-background={look.background}
      dir="auto"
    >
      {lines.map(({ key, text }) => (
        <p key={key} className="caption">
          {parseCue(text).map((span, index) => <Span key={index} span={span} />)}
        </p>
      ))}
    </div>
  )
}

function Span ({ span: { text, isItalic, isBold, isUnderlined } }: { readonly span: CueSpan }): ReactNode {
  if (!isItalic && !isBold && !isUnderlined) return text
  return (
    <span className={[isItalic && 'is-italic', isBold && 'is-bold', isUnderlined && 'is-underlined'].join(' ')}>
      {text}
    </span>
  )
}

function createRenderer (setLines: (lines: readonly Line[]) => void): TextRenderer {
  let track: TextTrack | null = null
  const update = (): void => {
    const cues = track?.activeCues ?? []
    setLines(cues.map((cue) => ({
      key: `${cue.startTime}-${cue.id}-${cue.text}`,
      text: cue.text,
      isTop: typeof cue.line === 'number' && cue.line >= 0 && cue.line < (cue.snapToLines ? 5 : 40),
    })))
  }
  const changeTrack = (next: TextTrack | null): void => {
    track?.removeEventListener('cue-change', update)
    track = next
    track?.addEventListener('cue-change', update)
    update()
  }
  return {
    priority: 0,
    canRender: () => true,
    attach: () => undefined,
    detach: () => {
      changeTrack(null)
    },
    changeTrack,
  }
}
