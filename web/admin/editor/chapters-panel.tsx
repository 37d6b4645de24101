// The chapters of an item: a start and a title each. A new one starts at the playhead.
import { Plus } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { Button } from '@shared/design/button.js'
import { formatPosition } from '@shared/i18n/format.js'
import { Panel } from '../components/page.js'
import { parsePosition } from './positions.js'
import type { EpisodeFields } from './title-fields.js'

export type Chapter = NonNullable<EpisodeFields['chapters']>[number]

interface ChaptersPanelProps {
  readonly chapters: readonly Chapter[]
  readonly positionMs: number
  readonly onSeek: (ms: number) => void
  readonly onChange: (chapters: Chapter[]) => void
}

export function ChaptersPanel ({ chapters, positionMs, onSeek, onChange }: ChaptersPanelProps): ReactNode {
  const t = useTranslations('markers')
  const startMs = Math.round(positionMs)
  const add = (): void => {
    const added = { startMs, title: t('newChapter', { number: chapters.length + 1 }) }
    onChange([...chapters, added].toSorted((a, b) => a.startMs - b.startMs))
  }
  return (
    <Panel
      title={t('chapters')}
      className="section"
      actions={
        <Button isSmall icon={Plus} disabled={chapters.some((one) => one.startMs === startMs)} onClick={add}>
          {t('addChapter', { position: formatPosition(positionMs) })}
        </Button>
      }
    >
      {chapters.length === 0 ? <p className="quiet">{t('noChapters')}</p> : (
        <ol className="marker-list">
          {chapters.map((chapter, i) => (
            <ChapterRow
              key={chapter.startMs}
              chapter={chapter}
              number={i + 1}
              onSeek={onSeek}
              onChange={(changed) => {
                const others = chapters.filter((_, other) => other !== i)
                const isTaken = others.some((other) => other.startMs === changed?.startMs)
                if (isTaken) return
                const next = changed === null ? others : [...others, changed]
                onChange(next.toSorted((a, b) => a.startMs - b.startMs))
              }}
            />
          ))}
        </ol>
      )}
    </Panel>
  )
}

interface ChapterRowProps {
  readonly chapter: Chapter
  readonly number: number
  readonly onSeek: (ms: number) => void
  /** @param chapter null: remove it */
  readonly onChange: (chapter: Chapter | null) => void
}

function ChapterRow ({ chapter, number, onSeek, onChange }: ChapterRowProps): ReactNode {
  const t = useTranslations('markers')
  const [start, setStart] = useState<string | null>(null)
  const { startMs, title } = chapter
  return (
    <li className="marker-row">
      <div className="chapter-fields">
        <input
          className="input"
          inputMode="numeric"
          aria-label={t('chapterStart', { number })}
          value={start ?? formatPosition(startMs)}
          onChange={({ target }) => {
            setStart(target.value)
          }}
          onBlur={() => {
            if (start !== null) onChange({ title, startMs: parsePosition(start) ?? startMs })
            setStart(null)
          }}
        />
        <input
          className="input"
          aria-label={t('chapterTitle', { number })}
          maxLength={200}
          value={title}
          onChange={({ target }) => {
            onChange({ startMs, title: target.value })
          }}
        />
      </div>
      <div className="actions">
        <Button
          look="quiet"
          isSmall
          aria-label={t('goToChapter', { chapter: title })}
          onClick={() => {
            onSeek(startMs)
          }}
        >
          {t('goTo')}
        </Button>
        <Button
          look="quiet"
          isSmall
          aria-label={t('removeChapter', { chapter: title })}
          onClick={() => {
            onChange(null)
          }}
        >
          {t('remove')}
        </Button>
      </div>
    </li>
  )
}
