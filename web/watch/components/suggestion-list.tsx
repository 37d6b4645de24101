// Names that complete the query: links to titles and people.
import { useQueryClient } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { Film, Tv, UserRound, type LucideIcon } from 'lucide-react'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { personByNameQuery, type Suggestion } from '../api/discovery.js'

const ICONS: Readonly<Record<Suggestion['kind'], LucideIcon>> = { movie: Film, show: Tv, person: UserRound }

export function SuggestionList ({ suggestions }: { readonly suggestions: readonly Suggestion[] }): ReactNode {
  const t = useTranslations('search')
  if (suggestions.length === 0) return null
  return (
    <nav className="suggestions" aria-label={t('suggestions')}>
      {suggestions.map((suggestion) => (
        <SuggestionLink key={`${suggestion.kind} ${suggestion.titleId ?? suggestion.text}`} suggestion={suggestion} />
      ))}
    </nav>
  )
}

function SuggestionLink ({ suggestion: { kind, text, titleId } }: { readonly suggestion: Suggestion }): ReactNode {
  const t = useTranslations('search')
  const openPerson = useOpenPerson()
  const Icon = ICONS[kind]
  const content = (
    <>
      <Icon className="icon" role="img" aria-label={t(`kinds.${kind}`)} />
      {text}
    </>
  )
  if (titleId !== null) {
    return (
      <Link to={kind === 'show' ? '/show/$titleId' : '/movie/$titleId'} params={{ titleId }} className="suggestion">
        {content}
      </Link>
    )
  }
  return (
    <Link
      to="/search"
      search={{ q: text }}
      className="suggestion"
      onClick={(event) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey) return
        event.preventDefault()
        void openPerson(text)
      }}
    >
      {content}
    </Link>
  )
}

/** Suggestions contain the name of a person; the page of the person needs an ID. */
function useOpenPerson (): (name: string) => Promise<void> {
  const queryClient = useQueryClient()
  const navigate = useNavigate()
  return async (name) => {
    const person = await queryClient.fetchQuery(personByNameQuery(name)).catch(() => null)
    await (person === null
      ? navigate({ to: '/search', search: { q: name } })
      : navigate({ to: '/people/$personId', params: { personId: person.id } }))
  }
}
