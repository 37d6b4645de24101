// The search field. The search page follows while the user types.
import { useNavigate, useRouterState } from '@tanstack/react-router'
import { Search } from 'lucide-react'
import { useEffect, useRef, useState, type FormEvent, type ReactNode } from 'react'
import { useTranslations } from 'use-intl'

const TYPING_DELAY_MS = 250

export function SearchField (): ReactNode {
  const t = useTranslations('layout')
  const navigate = useNavigate()
  const isOnSearchPage = useRouterState({ select: ({ location }) => location.pathname.endsWith('/search') })
  const query = useRouterState({ select: ({ location }) => (location.search as { q?: string }).q ?? '' })
  const [text, setText] = useState(query)
  const [shownQuery, setShownQuery] = useState(query)
  /** The query that this field opened last: its arrival in the URL does not change the text. */
  const [sentQuery, setSentQuery] = useState(query)
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  if (query !== shownQuery) {
    setShownQuery(query)
    if (query !== sentQuery) {
      setSentQuery(query)
      setText(query)
    }
  }
  useEffect(() => () => {
    clearTimeout(timer.current)
  }, [])

  const open = (value: string): void => {
    clearTimeout(timer.current)
    const q = value.trim()
    if (q === query && isOnSearchPage) return
    setSentQuery(q)
    // Typing adds one entry to the history of the browser.
    void navigate({
      to: '/search',
      search: ({ type }) => ({ q, ...isOnSearchPage && type !== undefined ? { type } : {} }),
      replace: isOnSearchPage,
    })
  }
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    open(text)
  }
  return (
    <form className="search" role="search" onSubmit={submit}>
      <Search className="icon" aria-hidden />
      <input
        type="search"
        aria-label={t('search')}
        placeholder={t('searchHint')}
        value={text}
        maxLength={100}
        onChange={({ target: { value } }) => {
          setText(value)
          clearTimeout(timer.current)
          if (value.trim() === '' && !isOnSearchPage) return
          timer.current = setTimeout(() => {
            open(value)
          }, TYPING_DELAY_MS)
        }}
      />
    </form>
  )
}
