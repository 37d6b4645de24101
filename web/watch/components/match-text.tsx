// Why a title matched a search: the field and the text that matched.
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import type { Schemas } from '@shared/api/client.js'
import type { SearchHit } from '../api/discovery.js'
import { useEpisodeCode } from './item-text.js'

type Highlight = Schemas['Highlight']

/** The best match that the card does not show anyway; null if the name of the title matched. */
export function describeMatch ({ highlights }: SearchHit): Highlight | null {
  return highlights.some(({ field }) => field === 'title') ? null : highlights[0] ?? null
}

export function MatchText ({ hit }: { readonly hit: SearchHit }): ReactNode {
  const t = useTranslations('search')
  const nameEpisode = useEpisodeCode()
  const match = describeMatch(hit)
  if (match === null) return null
  const code = match.field === 'episode' && hit.episode !== undefined ? nameEpisode(hit.episode) : null
  return (
    <>
      {code ?? t(`fields.${match.field}`)}
      {': '}
      <HighlightText parts={match.parts} />
    </>
  )
}

/** The name of the title with its matching parts marked; null if the name did not match. */
export function MatchName ({ hit: { highlights } }: { readonly hit: SearchHit }): ReactNode {
  const match = highlights.find(({ field }) => field === 'title')
  return match === undefined ? null : <HighlightText parts={match.parts} />
}

/** A text with its matching parts marked. */
function HighlightText ({ parts }: Pick<Highlight, 'parts'>): ReactNode {
  return parts.map(({ text, isMatch }, index) => isMatch ? <mark key={index}>{text}</mark> : text)
}
