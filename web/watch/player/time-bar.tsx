// The seek bar, with the buffered part and a preview of the position under the pointer.
import { useActiveThumbnail, useMediaRemote, useMediaState, useThumbnails } from '@vidstack/react'
import { useRef, useState, type PointerEvent, type ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { formatPosition } from '@shared/i18n/format.js'
import { findChapterIndex, type Chapter } from './chapters.js'

const toPercent = (seconds: number, duration: number): string =>
  `${duration > 0 ? Math.min(100, 100 * seconds / duration) : 0}%`

interface TimeBarProps {
  readonly thumbnailsUrl: string | null
  readonly chapters: readonly Chapter[]
}

export function TimeBar ({ thumbnailsUrl, chapters }: TimeBarProps): ReactNode {
  const t = useTranslations('player')
  const remote = useMediaRemote()
  const currentTime = useMediaState('currentTime')
  const duration = useMediaState('duration')
  const bufferedEnd = useMediaState('bufferedEnd')
  /** Position that the pointer drags to; the video seeks when it is released. */
  const [dragged, setDragged] = useState<number | null>(null)
  const [hovered, setHovered] = useState<number | null>(null)
  const isPointerDown = useRef(false)
  const position = dragged ?? currentTime
  const shownPosition = dragged ?? hovered

  const seek = (seconds: number): void => {
    remote.seek(seconds)
  }
  const hover = ({ currentTarget, clientX, pointerType }: PointerEvent): void => {
    if (pointerType === 'touch') return
    const { left, width } = currentTarget.getBoundingClientRect()
    setHovered(Math.max(0, Math.min(1, (clientX - left) / width)) * duration)
  }
  const release = (): void => {
    isPointerDown.current = false
    if (dragged !== null) seek(dragged)
    setDragged(null)
  }
  const nameChapter = (seconds: number): string | null =>
    chapters[findChapterIndex(chapters, seconds * 1_000)]?.title ?? null
  const chapter = nameChapter(position)
  const times = {
    position: formatPosition(position * 1_000),
    duration: formatPosition(Math.round(duration) * 1_000),
  }
  const text = chapter === null ? t('positionOf', times) : t('positionInChapter', { ...times, chapter })
  return (
    <div
      className="time-bar"
      dir="ltr"
      onPointerMove={hover}
      onPointerLeave={() => {
        setHovered(null)
      }}
    >
      <div className="time-bar-track">
        <div className="time-bar-buffered" style={{ width: toPercent(bufferedEnd, duration) }} />
        <div className="time-bar-played" style={{ width: toPercent(position, duration) }} />
        {chapters.map(({ startMs }) => (
          startMs === 0 || startMs >= duration * 1_000
            ? null
            : <div key={startMs} className="time-bar-chapter" style={{ left: toPercent(startMs / 1_000, duration) }} />
        ))}
      </div>
      <input
        type="range"
        className="time-bar-input"
        data-focus="position"
        aria-label={t('seek')}
        aria-valuetext={text}
        min={0}
        max={Math.max(1, Math.floor(duration))}
        step={1}
        value={Math.min(position, Math.max(1, Math.floor(duration)))}
        onPointerDown={() => {
          isPointerDown.current = true
        }}
        onPointerUp={release}
        onPointerCancel={release}
        onChange={({ target }) => {
          if (isPointerDown.current) setDragged(Number(target.value))
          else seek(Number(target.value))
        }}
      />
      {shownPosition === null || duration === 0
        ? null
        : (
          <Preview
            seconds={shownPosition}
            share={shownPosition / duration}
            chapter={nameChapter(shownPosition)}
            thumbnailsUrl={thumbnailsUrl}
          />
        )}
    </div>
  )
}

interface PreviewProps {
  readonly seconds: number
  /** Share of the duration, 0 to 1. */
  readonly share: number
  readonly chapter: string | null
  readonly thumbnailsUrl: string | null
}

function Preview ({ seconds, share, chapter, thumbnailsUrl }: PreviewProps): ReactNode {
  const thumbnails = useThumbnails(thumbnailsUrl ?? '')
  const thumbnail = useActiveThumbnail(thumbnails, seconds)
  return (
    <div className="time-preview" style={{ left: `${share * 100}%` }} aria-hidden>
      {thumbnail === null
        ? null
        : (
          <div
            className="time-preview-image"
            style={{
              width: thumbnail.width,
              height: thumbnail.height,
              backgroundImage: `url("${thumbnail.url.href}")`,
              backgroundPosition: `-${thumbnail.coords?.x ?? 0}px -${thumbnail.coords?.y ?? 0}px`,
            }}
          />
        )}
      {chapter === null ? null : <span className="time-preview-text is-chapter">{chapter}</span>}
      <span className="time-preview-text">{formatPosition(seconds * 1_000)}</span>
    </div>
  )
}
