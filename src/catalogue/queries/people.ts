// Queries over the credited people of the catalogue.
import type { StoredTitle } from '../../../models/title.js'
import { foldText } from '../../domain/text.js'
import type { CataloguePerson } from '../store/catalogue.js'
import { derivePersonId } from '../store/people-index.js'

export interface Credit {
  readonly department: 'cast' | 'crew'
  readonly role: string | null
}

/** The credits of one person in a title, cast first. */
export function personCredits (
  title: Partial<Pick<StoredTitle, 'cast' | 'crew'>> | undefined,
  personId: string,
): Credit[] {
  const listCredits = (department: Credit['department']): Credit[] =>
    (title?.[department] ?? []).filter((person) => derivePersonId(person) === personId)
      .map(({ role }) => ({ department, role }))
  return [...listCredits('cast'), ...listCredits('crew')]
}

/** Matches names in which each word of the query is the beginning of a word, without case and accents. */
export function createNameMatcher (query: string): (person: Pick<CataloguePerson, 'sortName'>) => boolean {
  const prefixes = foldText(query).split(/\s+/)
  return ({ sortName }) => {
    // Rejects most people without splitting their names.
    if (!prefixes.every((prefix) => sortName.includes(prefix))) return false
    const words = sortName.split(/[\s-]+/)
    return prefixes.every((prefix) => words.some((word) => word.startsWith(prefix)) || sortName.startsWith(prefix))
  }
}
