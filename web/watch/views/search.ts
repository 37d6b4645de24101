// What is found for what was typed.
import { SearchX } from 'lucide'
import { searchTitles } from '../api/search.js'
import { element } from '../dom.js'
import { titleCard } from '../parts/card.js'
import { grid, moveWithArrows } from '../parts/row.js'
import { nothing, skeletonRows } from '../parts/states.js'
import { count } from '../format.js'
import { nameThePage, type View } from './view.js'

export const searchView: View = async (host, [query = ''], signal) => {
  nameThePage(query === '' ? 'Search' : `“${query}”`)
  if (query === '') {
    host.replaceChildren(nothing(SearchX, 'What would you like to watch?', 'Type a title, a name or a genre above.'))
    return null
  }
  // What was found before stays until there is something better: letters come faster than answers.
  if (host.querySelector('.results') === null) host.replaceChildren(skeletonRows(1))
  const found = await searchTitles(query, signal).catch((error: unknown) => {
    if (!signal.aborted) throw error
  })
  if (signal.aborted || found === undefined) return null
  host.replaceChildren(
    found.length === 0
      ? nothing(SearchX, `Nothing found for “${query}”`, 'Look at the spelling, or try fewer letters.')
      : element(
        'div',
        { class: 'results' },
        element('h1', { class: 'row-title', text: `${count(found.length, 'title')} for “${query}”` }),
        grid('Search results', found.map(titleCard)),
      ),
  )
  moveWithArrows(host, signal)
  return null
}
