// Markers on a timeline under the video, set from the playhead: recap, intro, credits and chapters.
import { useRef, useState, type ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import type { Episode, MediaFile } from '@shared/api/client.js'
import { Button } from '@shared/design/button.js'
import { formatPosition } from '@shared/i18n/format.js'
import { Panel } from '../components/page.js'
import { ChaptersPanel, type Chapter } from './chapters-panel.js'
import { MarkerTimeline } from './marker-timeline.js'
import { parsePosition } from './positions.js'
import { PreviewVideo } from './preview-video.js'
import type { TitleFields } from './title-fields.js'
import '../styles/markers.css'

type Markers = NonNullable<TitleFields['markers']>
type MarkerName = keyof Markers
const MARKERS: readonly MarkerName[] = [
  'recapStartMs',
  'recapEndMs',
  'introStartMs',
  'introEndMs',
  'creditsStartMs',
]

/** The origin of a marker is that of its group. */
const GROUPS = {
  recapStartMs: 'recap',
  recapEndMs: 'recap',
  introStartMs: 'intro',
  introEndMs: 'intro',
  creditsStartMs: 'credits',
} as const satisfies Record<MarkerName, keyof Episode['markerOrigins']>

interface MarkersSectionProps {
  readonly itemId: string
  readonly mediaFiles: readonly MediaFile[]
  readonly markers: TitleFields['markers']
  /** What is stored, of an episode: a marker that differs from it is the editor's. */
  readonly stored?: Pick<Episode, 'markers' | 'markerOrigins'>
  readonly chapters: readonly Chapter[]
  readonly onChange: (markers: Markers) => void
  readonly onChaptersChange: (chapters: Chapter[]) => void
}

export function MarkersSection (
  { itemId, mediaFiles, markers, stored, chapters, onChange, onChaptersChange }: MarkersSectionProps,
): ReactNode {
  const t = useTranslations('markers')
  const video = useRef<HTMLVideoElement>(null)
  const [positionMs, setPositionMs] = useState(0)
  const [videoMs, setVideoMs] = useState<number | null>(null)
  const durationMs = videoMs ?? mediaFiles[0]?.durationMs ?? null
  const current: Markers = markers ?? {}
  const findConfidence = (name: MarkerName): number | null => {
    const isUnchanged = MARKERS.filter((other) => GROUPS[other] === GROUPS[name])
      .every((other) => (current[other] ?? null) === stored?.markers[other])
    return isUnchanged ? stored?.markerOrigins[GROUPS[name]]?.confidence ?? null : null
  }
  const seek = (ms: number): void => {
    setPositionMs(ms)
    if (video.current !== null) video.current.currentTime = ms / 1_000
  }
  return (
    <div className="sections">
      <Panel title={t('preview')} className="section">
        <PreviewVideo
          video={video}
          itemId={itemId}
          hasMedia={mediaFiles.some(({ state }) => state === 'ready')}
          onPosition={setPositionMs}
          onDuration={setVideoMs}
        />
        {durationMs === null
          ? null
          : (
            <MarkerTimeline
              markers={current}
              chapters={chapters}
              durationMs={durationMs}
              positionMs={positionMs}
              onSeek={seek}
            />
          )}
      </Panel>
      <Panel title={t('title')} className="section">
        <ul className="marker-list">
          {MARKERS.map((name) => (
            <MarkerRow
              key={name}
              label={t(name)}
              value={current[name] ?? null}
              confidence={findConfidence(name)}
              positionMs={positionMs}
              onSeek={seek}
              onChange={(value) => {
                onChange({ ...current, [name]: value })
              }}
            />
          ))}
        </ul>
      </Panel>
      <ChaptersPanel chapters={chapters} positionMs={positionMs} onSeek={seek} onChange={onChaptersChange} />
    </div>
  )
}

interface MarkerRowProps {
  readonly label: string
  readonly value: number | null
  /** 0 to 1; null: people set the marker. */
  readonly confidence: number | null
  readonly positionMs: number
  readonly onSeek: (ms: number) => void
  readonly onChange: (ms: number | null) => void
}

function MarkerRow ({ label, value, confidence, positionMs, onSeek, onChange }: MarkerRowProps): ReactNode {
  const t = useTranslations('markers')
  const [text, setText] = useState<string | null>(null)
  const finish = (): void => {
    if (text === null) return
    if (text.trim() === '') onChange(null)
    else onChange(parsePosition(text) ?? value)
    setText(null)
  }
  return (
    <li className="marker-row">
      <label className="marker-label">
        <span>{label}</span>
        <input
          className="input"
          inputMode="numeric"
          placeholder={t('none')}
          value={text ?? (value === null ? '' : formatPosition(value))}
          onChange={({ target }) => {
            setText(target.value)
          }}
          onBlur={finish}
        />
        {confidence === null
          ? null
          : <span className="quiet">{t('detected', { percent: Math.round(confidence * 100) })}</span>}
      </label>
      <div className="actions">
        <Button
          isSmall
          aria-label={t('setHere', { marker: label, position: formatPosition(positionMs) })}
          onClick={() => {
            onChange(Math.round(positionMs))
          }}
        >
          {t('setTo', { position: formatPosition(positionMs) })}
        </Button>
        <Button
          look="quiet"
          isSmall
          disabled={value === null}
          aria-label={t('goToMarker', { marker: label })}
          onClick={() => {
            if (value !== null) onSeek(value)
          }}
        >
          {t('goTo')}
        </Button>
        <Button
          look="quiet"
          isSmall
          disabled={value === null}
          aria-label={t('clearMarker', { marker: label })}
          onClick={() => {
            onChange(null)
          }}
        >
          {t('clear')}
        </Button>
      </div>
    </li>
  )
}
