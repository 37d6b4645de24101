// The timeline of an item: the playhead, and the segments between its markers.
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { formatPosition } from '@shared/i18n/format.js'
import type { Chapter } from './chapters-panel.js'
import type { TitleFields } from './title-fields.js'

interface MarkerTimelineProps {
  readonly markers: NonNullable<TitleFields['markers']>
  readonly chapters: readonly Chapter[]
  readonly durationMs: number
  readonly positionMs: number
  readonly onSeek: (ms: number) => void
}

const STEP_MS = 100

export function MarkerTimeline (
  { markers, chapters, durationMs, positionMs, onSeek }: MarkerTimelineProps,
): ReactNode {
  const t = useTranslations('markers')
  const { recapStartMs, recapEndMs, introStartMs, introEndMs, creditsStartMs } = markers
  const segments = [
    { name: 'recap', start: recapStartMs, end: recapEndMs },
    { name: 'intro', start: introStartMs, end: introEndMs },
    { name: 'credits', start: creditsStartMs, end: durationMs },
  ] as const
  const share = (ms: number): string => `${Math.min(100, ms / durationMs * 100)}%`
  return (
    <div className="timeline">
      <div className="timeline-track" aria-hidden>
        {segments.map(({ name, start, end }) => {
          if (start == null || end == null || end <= start) return null
          return (
            <span
              key={name}
              className={`timeline-segment is-${name}`}
              style={{ insetInlineStart: share(start), inlineSize: share(end - start) }}
            >
              {t(name)}
            </span>
          )
        })}
        {chapters.map(({ startMs }) => (
          <span key={startMs} className="timeline-chapter" style={{ insetInlineStart: share(startMs) }} />
        ))}
        <span className="timeline-playhead" style={{ insetInlineStart: share(positionMs) }} />
      </div>
      <input
        type="range"
        min={0}
        max={durationMs}
        step={STEP_MS}
        value={positionMs}
        aria-label={t('playhead')}
        aria-valuetext={formatPosition(positionMs)}
        onChange={({ target }) => {
          onSeek(target.valueAsNumber)
        }}
      />
      <span className="quiet">{formatPosition(positionMs)} / {formatPosition(durationMs)}</span>
    </div>
  )
}
