// The search results.
import { SearchX } from 'lucide'
import { searchTitles } from '../api/titles.js'
import { createElement } from '../dom.js'
import { createTitleCard } from '../parts/card.js'
import { createGrid, enableArrowKeys } from '../parts/row.js'
import { createEmptyState, createSkeletonRows } from '../parts/states.js'
import { formatCount } from '../format.js'
import { setPageTitle, type View } from '../router.js'

export const searchView: View = async (host, [query = ''], signal) => {
  setPageTitle(query === '' ? 'Search' : `“${query}”`)
  if (query === '') {
    host.replaceChildren(createEmptyState(SearchX, 'Search NormFlix', 'Enter a title, a person or a genre.'))
    return null
  }
  // Keep the previous results until the new ones arrive.
  if (host.querySelector('.results') === null) host.replaceChildren(createSkeletonRows(1))
  const results = await searchTitles(query, signal).catch((error: unknown) => {
    if (!signal.aborted) throw error
  })
  if (signal.aborted || results === undefined) return null
  host.replaceChildren(
    results.items.length === 0
      ? createEmptyState(SearchX, `No results for “${query}”`, 'Check the spelling or try a shorter query.')
      : createElement(
        'div',
        { class: 'results' },
        createElement('h1', { class: 'row-title', text: `${describeCount(results)} for “${query}”` }),
        createGrid('Search results', results.items.map(createTitleCard)),
      ),
  )
  enableArrowKeys(host, signal)
  return null
}

/** The number of all matches; the page shows the best. */
function describeCount ({ items, total }: { readonly items: readonly unknown[], readonly total: number }): string {
  const all = formatCount(total, 'title')
  return items.length < total ? `${items.length} of ${all}` : all
}
